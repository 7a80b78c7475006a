"""The place that a contact takes along: who leaves a line by a link to the chat stands there, too.

Owns: whose place counts. Not here: links (``passes``), what a place is worth (``eslapp.core.waiting``).
"""

from __future__ import annotations

from dataclasses import dataclass

from . import interactions
from .tx import Tx

KEPT_S = 3600.0  # from coming into the line: a link that is opened in the evening passes nobody


@dataclass(frozen=True, slots=True)
class Place:
    """``queue`` "": none."""

    queue: str = ""
    since: float | None = None


def left_for(tx: Tx, parent: str, *, channel: str, at: float) -> Place:
    """What the interaction ``parent`` left to whoever goes on by this channel: once, and not after a talk."""
    left = interactions.get(tx, parent) if parent else None
    if left is None or left.queued_at is None or left.connected_at is not None or at - left.queued_at > KEPT_S:
        return Place()
    followed = any(one.parent == parent and one.channel == channel for one in interactions.of_chain(tx, left.chain))
    return Place() if followed else Place(left.queue, left.queued_at)
