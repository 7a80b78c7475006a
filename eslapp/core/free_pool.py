"""Who could take work right now: per queue and medium the able agents with room, the longest idle first.

Kept up to date with every change of an agent, so that asking "is anybody free?" costs O(log n) and telling why nobody
else was asked costs one look per agent. Not here: the reasons (``capacity``), the choice (``routing``).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from .model import Medium
from .sorted_map import EMPTY, SortedMap
from .waiting import LineKey

Seat = tuple[float, str]  # (idle since, agent)


@dataclass(frozen=True, slots=True)
class Standing:
    """One agent: since when idle, and the hindrance for one more call and one more text (``""``: there is room)."""

    idle_since: float = 0.0
    call: str = "nowhere"
    text: str = "nowhere"

    def hindrance(self, medium: Medium) -> str:
        """The first reason against one more of this medium."""
        return self.call if medium is Medium.VOICE else self.text


NOWHERE = Standing()


@dataclass(frozen=True, slots=True)
class FreePool:
    """``standings`` has every agent, ``seats`` only those with room."""

    seats: SortedMap[LineKey, SortedMap[Seat, None]] = EMPTY
    standings: SortedMap[str, Standing] = EMPTY

    def free(self, key: LineKey) -> SortedMap[Seat, None]:
        """The free agents of this line."""
        return self.seats.get(key, EMPTY)

    def stood(self, agent: str, serves: Iterable[str], standing: Standing) -> FreePool:
        """With the agent standing so in the queues they serve."""
        before = self.standings.get(agent, NOWHERE)
        if before == standing:
            return self
        seats = self.seats
        for medium in Medium:
            was = None if before.hindrance(medium) else (before.idle_since, agent)
            now = None if standing.hindrance(medium) else (standing.idle_since, agent)
            for queue in serves if was != now else ():
                seats = _moved(seats, (queue, medium), was, now)
        return FreePool(seats, self.standings.set(agent, standing))


def _moved(
    seats: SortedMap[LineKey, SortedMap[Seat, None]], key: LineKey, was: Seat | None, now: Seat | None
) -> SortedMap[LineKey, SortedMap[Seat, None]]:
    line = seats.get(key, EMPTY)
    if was is not None:
        line = line.without(was)
    if now is not None:
        line = line.set(now, None)
    return seats.set(key, line)
