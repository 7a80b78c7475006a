"""What must happen by itself at an instant: ring time over, wrap-up over, join too slow, cool-down over.

Derived from the records, so they are simply there again after a restart. Not here: waiting for them (the dispatcher).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from .commands import (
    Command,
    EndHold,
    EndReplyWindow,
    ExpireOffer,
    ExpireWait,
    ExpireWrapUp,
    RelaxSkills,
    RescindOffer,
    RouteWaiting,
    StartCallback,
)
from .sorted_map import EMPTY, SortedMap


class Kind(StrEnum):
    """What the deadline is about, and hence whose id it carries."""

    RING = "ring"  # an offer
    JOIN = "join"  # an offer
    WRAP_UP = "wrap_up"  # an interaction
    COOL_DOWN = "cool_down"  # an interaction and an agent
    CALLBACK = "callback"  # an interaction
    RELAX = "relax"  # an interaction
    HOLD = "hold"  # an interaction
    LONGEST_WAIT = "longest_wait"  # an interaction
    REPLY_WINDOW = "reply_window"  # an interaction


@dataclass(frozen=True, slots=True)
class Deadlines:
    """At most one per kind and id."""

    by_instant: SortedMap[tuple[float, Kind, str], None] = EMPTY
    instants: SortedMap[tuple[Kind, str], float] = EMPTY

    def put(self, kind: Kind, subject: str, at: float | None) -> Deadlines:
        """With this deadline (None: without it)."""
        before = self.instants.get((kind, subject), None)
        if before == at:
            return self
        by_instant, instants = self.by_instant, self.instants.without((kind, subject))
        if before is not None:
            by_instant = by_instant.without((before, kind, subject))
        if at is not None:
            by_instant, instants = by_instant.set((at, kind, subject), None), instants.set((kind, subject), at)
        return Deadlines(by_instant, instants)

    def next_at(self) -> float | None:
        """The instant of the next one, or None."""
        first = self.by_instant.first()
        return first[0][0] if first is not None else None

    def rested(self, now: float) -> Deadlines:
        """Without the cool-downs that are over: they only ask for a look at the lines, once."""
        deadlines = self
        for (at, kind, subject), _ in self.by_instant.items():
            if at > now:
                break
            if kind is Kind.COOL_DOWN:
                deadlines = deadlines.put(kind, subject, None)
        return deadlines

    def due(self, now: float) -> list[Command]:
        """What has to be asked of the router now."""
        commands: list[Command] = []
        for (at, kind, subject), _ in self.by_instant.items():
            if at > now:
                break
            commands.append(_command(kind, subject, now))
        return commands


def _command(kind: Kind, subject: str, now: float) -> Command:
    if kind is Kind.RING:
        return ExpireOffer(at=now, offer=subject)
    if kind is Kind.JOIN:
        return RescindOffer(at=now, offer=subject, reason="join-timeout")
    if kind is Kind.COOL_DOWN:
        return RouteWaiting(at=now)
    return OF_INTERACTION[kind](at=now, interaction=subject)


OF_INTERACTION: dict[Kind, Callable[..., Command]] = {
    Kind.WRAP_UP: ExpireWrapUp,
    Kind.CALLBACK: StartCallback,
    Kind.RELAX: RelaxSkills,
    Kind.HOLD: EndHold,
    Kind.LONGEST_WAIT: ExpireWait,
    Kind.REPLY_WINDOW: EndReplyWindow,
}
