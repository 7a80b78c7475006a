"""Who is who: contacts proved, joined to one person, parted again.

Part of ``events``, which names them all. Not here: when two are one (``identity``), the rows (``eslapp.store.people``).
"""

from __future__ import annotations

from dataclasses import dataclass

from .event import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactsMerged(Event):
    """Two contacts are one person; ``winner`` stands for both. ``by``: an agent, or "system"."""

    winner: str
    loser: str
    reason: str
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactsParted(Event):
    """A merge was undone."""

    winner: str
    loser: str
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactsToldApart(Event):
    """Somebody says that two contacts are two people: they are never suggested again."""

    one: str
    other: str
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class InteractionLinked(Event):
    """It is the ``contact``'s and goes on from ``parent``, as a one-time code told."""

    interaction: str
    contact: str
    parent: str
    chain: str
    queue: str = ""  # where it has the place of the one it goes on from
    queued_at: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactVerified(Event):
    """``by``: "number", "member" or "code"."""

    interaction: str
    by: str
