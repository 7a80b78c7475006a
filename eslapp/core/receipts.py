"""Routing decisions in words: one plain sentence per language, from the receipts and the story.

Not here: how a decision is made (``matching``), where receipts are kept (``eslapp.store.receipts``).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from .events import Event
from .model import Interaction, Receipt


@dataclass(frozen=True, slots=True)
class Why:
    """The answer to "why did this interaction go where it went?"."""

    interaction: str
    en: str
    zh: str
    receipts: tuple[Receipt, ...]


def explain(
    interaction: Interaction, receipts: Sequence[Receipt], story: Sequence[Event], *, names: Mapping[str, str]
) -> Why:
    """One sentence in English and Chinese. ``names``: agent id -> the name to show."""
    return Why(interaction.id, "", "", tuple(receipts))
