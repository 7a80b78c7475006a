"""How agents answered on the recorded day: each by themselves, and as they did about that time.

Who took eight seconds takes eight, who stopped answering at noon stays away from noon. What an agent did with this very
contact comes first; else one of the two things they did right before and after, the nearer in time the likelier; else
the same of their colleagues. Not here: talks and patience (``people``), finding it in the log (``extract``).
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable
from math import inf
from random import Random
from typing import Generic, TypeVar

from .workload import Absence, Join, Reaction, Workload

USUAL = Reaction("accept", 3.0)
USUAL_JOIN = Join(0.4)
USUAL_AWAY_S = 60.0
One = TypeVar("One", Reaction, Join)


class Nearest(Generic[One]):
    """What was seen, by what it is seen of, in order of time."""

    def __init__(self, seen: Iterable[tuple[tuple[str, ...], One]]) -> None:
        self._seen: dict[tuple[str, ...], list[One]] = {}
        for key, one in seen:
            self._seen.setdefault(key, []).append(one)
        for ones in self._seen.values():
            ones.sort(key=lambda one: one.at)

    def of(self, key: tuple[str, ...], at: float, chance: Random) -> One | None:
        """The one before or the one after."""
        ones = self._seen.get(key, [])
        after = bisect_left(ones, at, key=lambda one: one.at)
        if not 0 < after < len(ones):
            return ones[min(after, len(ones) - 1)] if ones else None
        before_s, after_s = at - ones[after - 1].at, ones[after].at - at
        is_after = chance.random() * (before_s + after_s) < before_s
        return ones[after if is_after else after - 1]

    def all(self, key: tuple[str, ...]) -> list[One]:
        """All of this key."""
        return self._seen.get(key, [])


class Habits:
    """One per day."""

    def __init__(self, day: Workload) -> None:
        known = [one for one in day.reactions if one.what != "unknown"]
        self._met = {(one.interaction, one.agent): one for one in day.reactions if one.interaction}
        self._own = Nearest(((one.agent, one.medium), one) for one in known)
        self._others = Nearest([((one.medium,), one) for one in known] + [((), one) for one in known])
        self._joined = {(one.interaction, one.agent): one for one in day.joins}
        self._joins = Nearest([((one.agent,), one) for one in day.joins] + [((), one) for one in day.joins])
        self._absences: dict[str, list[Absence]] = {}
        for absence in day.absences:
            self._absences.setdefault(absence.agent, []).append(absence)
        self._spells = [one.until - one.since for one in day.absences if one.until < inf]

    def reaction(self, interaction: str, agent: str, medium: str, at: float, chance: Random) -> Reaction:
        """Of this agent to this offer."""
        if self.absent_until(agent, at) is not None:
            return Reaction("ignore", 0.0)
        met = self._met.get((interaction, agent))
        if met is not None and met.what != "unknown":
            return met
        found = self._drawn(agent, medium, at, chance)
        if met is None or found.what == "ignore" or found.after_s > met.after_s:
            return found
        later = [one for one in self._own.all((agent, medium)) if one.after_s > met.after_s]
        return chance.choice(later) if later else Reaction("ignore", 0.0)

    def _drawn(self, agent: str, medium: str, at: float, chance: Random) -> Reaction:
        own = self._own.of((agent, medium), at, chance) or self._others.of((medium,), at, chance)
        return own or self._others.of((), at, chance) or USUAL

    def join(self, interaction: str, agent: str, at: float, chance: Random) -> Join:
        """Of this agent's phone with this contact."""
        met = self._joined.get((interaction, agent))
        return met or self._joins.of((agent,), at, chance) or self._joins.of((), at, chance) or USUAL_JOIN

    def absent_until(self, agent: str, at: float) -> float | None:
        """Until when the agent does not look, where they do not."""
        return next((one.until for one in self._absences.get(agent, ()) if one.since <= at < one.until), None)

    def back_at(self, agent: str, at: float, chance: Random) -> float:
        """When an agent whose offer has just rung out says that they are there again."""
        until = self.absent_until(agent, at)
        if until is not None:
            return until
        own = [one.until - one.since for one in self._absences.get(agent, ()) if one.until < inf]
        return at + (chance.choice(own or self._spells) if own or self._spells else USUAL_AWAY_S)
