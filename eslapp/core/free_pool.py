"""Who could take work right now: per requirement and slot the able agents with room, the longest idle first.

Kept up to date with every change of an agent, so that asking "is anybody free?" costs O(log n) and telling why nobody
else was asked costs one look per agent. Not here: the reasons (``capacity``), the choice (``routing``).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from .skills import Requirement
from .sorted_map import EMPTY, SortedMap

Seat = tuple[float, str]  # (idle since, agent)
Seats = SortedMap[Seat, None]
BenchKey = tuple[str, Requirement]  # a slot and what is asked for


@dataclass(frozen=True, slots=True)
class Standing:
    """One agent: since when idle, and by slot the hindrance for one more (``""``: there is room)."""

    idle_since: float = 0.0
    hindrances: Mapping[str, str] = field(default_factory=dict)

    def hindrance(self, slot: str) -> str:
        """The first reason against one more of this slot."""
        return self.hindrances.get(slot, "nowhere")


NOWHERE = Standing()


@dataclass(frozen=True, slots=True)
class FreePool:
    """``standings`` has every agent, ``benches`` only those with room."""

    benches: SortedMap[BenchKey, Seats] = EMPTY
    standings: SortedMap[str, Standing] = EMPTY

    def free(self, slot: str, requirement: Requirement) -> Seats:
        """The free agents who meet the requirement."""
        return self.benches.get((slot, requirement), EMPTY)

    def free_alone(self, slot: str, requirement: Requirement, agent: str) -> Seats:
        """The same, looking at one agent only."""
        seat = (self.standings.get(agent, NOWHERE).idle_since, agent)
        return EMPTY.set(seat, None) if seat in self.free(slot, requirement) else EMPTY

    def with_bench(self, requirement: Requirement, able: Iterable[str]) -> FreePool:
        """With places for a new requirement, which these agents meet."""
        benches = self.benches
        for agent in able:
            standing = self.standings[agent]
            for slot in (slot for slot, hindrance in standing.hindrances.items() if not hindrance):
                benches = _moved(benches, (slot, requirement), None, (standing.idle_since, agent))
        return FreePool(benches, self.standings)

    def stood(self, agent: str, meets: Iterable[Requirement], standing: Standing) -> FreePool:
        """With the agent standing so; ``meets``: the requirements they meet."""
        before = self.standings.get(agent, NOWHERE)
        if before == standing:
            return self
        benches = self.benches
        for slot in standing.hindrances:
            was = None if before.hindrance(slot) else (before.idle_since, agent)
            now = None if standing.hindrance(slot) else (standing.idle_since, agent)
            for requirement in meets if was != now else ():
                benches = _moved(benches, (slot, requirement), was, now)
        return FreePool(benches, self.standings.set(agent, standing))


def _moved(
    benches: SortedMap[BenchKey, Seats], key: BenchKey, was: Seat | None, now: Seat | None
) -> SortedMap[BenchKey, Seats]:
    bench = benches.get(key, EMPTY)
    if was is not None:
        bench = bench.without(was)
    if now is not None:
        bench = bench.set(now, None)
    return benches.set(key, bench)
