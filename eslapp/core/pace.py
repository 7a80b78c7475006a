"""How long it will take, honestly: an estimate from how fast a queue was served lately, and how right we were so far.

Whoever is number ``n`` waits for ``n`` agents to become free for this queue. How long that took for those who waited
lately gives the rate: time in which nobody waited says nothing, or the first rush after a quiet hour would be told
hours. The time for ``n`` more is then spread like a gamma variable, whose logarithm has about the variance
``1/n``, and the rate itself is known from ``k`` gaps only, which adds ``1/k``. Every announced figure is kept and
compared with what came; where too few waits ended within their range, nothing is announced until that is better.

>>> busy = Pace(gaps=tuple((30.0 * n, 30.0) for n in range(1, 11)))
>>> told = estimate(busy, 4, 300.0)
>>> told is not None and (round(told.wait_s), told.low_s < 120 < told.high_s, told.is_reliable)
(120, True, True)
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import exp, sqrt

from .events import PlaceAnnounced, WaitAnnounced

KEPT = 30  # services and scores of a queue that count
LEAST_GAPS = 4
AT_ONCE_S = 0.1  # who was offered within this has not waited: an agent was free
STALE_S = 3600.0  # services longer ago say nothing about now
LEAST_SCORES = 10
LEAST_COVERAGE = 0.6  # of the latest scores; 0.8 is what the range promises
Z80 = 1.2816  # 80 % of a normal variable lie within so many deviations


@dataclass(frozen=True, slots=True)
class Promise:
    """One announced (or withheld) wait."""

    at: float
    wait_s: float
    low_s: float
    high_s: float


@dataclass(frozen=True, slots=True)
class Said:
    """One announced (or withheld) place."""

    at: float
    position: int


def promised(event: WaitAnnounced | PlaceAnnounced) -> Promise | Said:
    """What was said."""
    if isinstance(event, PlaceAnnounced):
        return Said(event.at, event.position)
    return Promise(event.at, event.wait_s, event.low_s, event.high_s)


@dataclass(frozen=True, slots=True)
class Pace:
    """One queue: the instants of the latest services; of those that were waited for: when, and how long somebody had
    been waiting for one since the service before; of the latest promises: actual over said, and within range; of
    the latest places: whether no more were served before than had been said. ``offered``: when each of ``served`` was,
    to who took them."""

    served: tuple[float, ...] = ()
    offered: tuple[float, ...] = ()
    gaps: tuple[tuple[float, float], ...] = ()
    ratios: tuple[float, ...] = ()
    within: tuple[bool, ...] = ()
    kept: tuple[bool, ...] = ()

    def with_service(
        self, at: float, promises: tuple[Promise | Said, ...] = (), *, here_since: float | None, offered_at: float
    ) -> Pace:
        """Somebody was served, to whom this had been promised; in line since, and offered to who took them then."""
        gaps = self.gaps
        if here_since is not None and offered_at - here_since > AT_ONCE_S:
            gaps = (*gaps, (at, max(0.0, at - max((here_since, *self.served[-1:])))))
        before = tuple(zip(self.served, self.offered, strict=True))
        pace = replace(
            self,
            served=(*self.served, at)[-KEPT:],
            offered=(*self.offered, offered_at)[-KEPT:],
            gaps=gaps[-KEPT:],
        )
        for promise in promises:
            if isinstance(promise, Promise):
                pace = pace.scored(promise, at - promise.at)
            else:
                pace = pace.placed(promise, 1 + sum(_is_before(promise.at, offered_at, *one) for one in before))
        return pace

    def placed(self, said: Said, actual: int) -> Pace:
        """A place, and as which one they were served. (Of those who came in the meantime the latest 30 are known.)"""
        return replace(self, kept=(*self.kept, actual <= said.position)[-KEPT:])

    @property
    def says_places(self) -> bool:
        """Whether the latest places came true often enough to go on saying them."""
        return len(self.kept) < LEAST_SCORES or sum(self.kept) / len(self.kept) >= LEAST_COVERAGE

    def scored(self, promise: Promise, actual_s: float) -> Pace:
        """A promise and what came of it."""
        ratio = actual_s / max(promise.wait_s, 1.0)
        is_within = promise.low_s <= actual_s <= promise.high_s
        return replace(self, ratios=(*self.ratios, ratio)[-KEPT:], within=(*self.within, is_within)[-KEPT:])

    @property
    def coverage(self) -> float | None:
        """The share of the latest promises that were kept; None while there are too few."""
        return sum(self.within) / len(self.within) if len(self.within) >= LEAST_SCORES else None


@dataclass(frozen=True, slots=True)
class Estimate:
    """``low_s`` to ``high_s``: where 80 % of such waits end."""

    wait_s: float
    low_s: float
    high_s: float
    is_reliable: bool


def _is_before(said_at: float, offered_at: float, other_served_at: float, other_offered_at: float) -> bool:
    """Whether another one's turn came between what was said and one's own. Who rang already stood in no line then, and
    whose agent only answered sooner was not served out of turn."""
    return other_served_at >= said_at and said_at <= other_offered_at < offered_at


def estimate(pace: Pace, position: int, now: float, since: float | None = None) -> Estimate | None:
    """For the contact at this position, in line since; None where there is nothing to go by."""
    recent = [gap_s for at, gap_s in pace.gaps if at >= now - STALE_S]
    if not recent or position < 1:
        return None
    under_way_s = max(0.0, now - max((since, *pace.served[-1:]))) if since is not None else 0.0
    gap_s = max(1.0, sum(recent) + under_way_s) / len(recent)
    wait_s = position * gap_s * _bias(pace)
    spread = exp(Z80 * sqrt(1 / position + 1 / len(recent)))
    coverage = pace.coverage
    is_reliable = len(recent) >= LEAST_GAPS and (coverage is None or coverage >= LEAST_COVERAGE)
    return Estimate(wait_s, wait_s / spread, wait_s * spread, is_reliable)


def _bias(pace: Pace) -> float:
    """The middle ratio of actual to said, so that a lasting error mends itself; at most doubled or halved."""
    if len(pace.ratios) < LEAST_SCORES:
        return 1.0
    middle = sorted(pace.ratios)[len(pace.ratios) // 2]
    return min(2.0, max(0.5, sqrt(max(middle, 0.01))))
