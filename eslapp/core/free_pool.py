"""Who could take work right now: per queue and medium the able agents with room, the longest idle first.

Kept up to date with every change of an agent, so that asking "is anybody free?" costs O(log n).
Not here: why an agent is not in it (``capacity``), the choice among those in it (``routing``).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from .model import Medium
from .sorted_map import EMPTY, SortedMap
from .waiting import LineKey

Seat = tuple[float, str]  # (idle since, agent)


@dataclass(frozen=True, slots=True)
class FreePool:
    """``standings``: agent -> (idle since, the media there is room for)."""

    seats: SortedMap[LineKey, SortedMap[Seat, None]] = EMPTY
    standings: SortedMap[str, tuple[float, frozenset[Medium]]] = EMPTY

    def free(self, key: LineKey) -> SortedMap[Seat, None]:
        """The free agents of this line."""
        return self.seats.get(key, EMPTY)

    def has_room(self, agent: str, medium: Medium) -> bool:
        """Whether the agent could take one more of this medium."""
        return medium in self.standings.get(agent, NOWHERE)[1]

    def stood(self, agent: str, serves: Iterable[str], idle_since: float, media: frozenset[Medium]) -> FreePool:
        """With the agent standing so in the queues they serve."""
        before = self.standings.get(agent, NOWHERE)
        if before == (idle_since, media):
            return self
        seats = self.seats
        for queue in serves:
            for medium in before[1]:
                seats = seats.set((queue, medium), seats.get((queue, medium), EMPTY).without((before[0], agent)))
            for medium in media:
                seats = seats.set((queue, medium), seats.get((queue, medium), EMPTY).set((idle_since, agent), None))
        return FreePool(seats, self.standings.set(agent, (idle_since, media)))


NOWHERE: tuple[float, frozenset[Medium]] = (0.0, frozenset())
