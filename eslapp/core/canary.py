"""When a new revision that is tried out on a share of the contacts is stopped, and when it is good enough for all.

Owns: the rule. Not here: who is in the share and what is counted (``services.trials``).

Two things are counted for both revisions: answers heard and those the flow did not understand (invalid keys), and
flows ended and those in which something failed. Each is a share of a number of tries, so Fisher's exact test (one
side: is the new one worse?) is right for small numbers, too. A revision is stopped where either test's p is below
0.5 %, from 20 tries of each revision on, and looked at after every flow: that stops few of equal revisions without
cause, though looked at so often (``tests/core/test_canary.py`` counts), and one whose invalid keys triple from 10 %
within its first hundred contacts. It is promoted after ``enough`` contacts where neither p is below 5 %.

>>> verdict(Tallies(Tally(40, 12), Tally(40, 0)), Tallies(Tally(360, 20), Tally(360, 1)))
'stop'
>>> verdict(Tallies(Tally(20, 1), Tally(20, 0)), Tallies(Tally(180, 9), Tally(180, 0)))
''
>>> verdict(Tallies(Tally(300, 10), Tally(200, 1)), Tallies(Tally(2700, 100), Tally(1800, 9)))
'promote'
"""

from __future__ import annotations

from dataclasses import dataclass, field
from math import exp, lgamma

LEAST = 20
STOP_P = 0.005
DOUBT_P = 0.05
ENOUGH = 200


@dataclass(slots=True)
class Tally:
    """``bad`` of ``tries``."""

    tries: int = 0
    bad: int = 0

    def count(self, is_bad: bool) -> None:
        """One more."""
        self.tries += 1
        self.bad += is_bad


@dataclass(slots=True)
class Tallies:
    """Of one revision: answers that were not understood, flows in which something failed."""

    answers: Tally = field(default_factory=Tally)
    flows: Tally = field(default_factory=Tally)


def worse_p(new: Tally, old: Tally) -> float:
    """How likely so many bad ones (or more) fall on the new revision where both are equally good: Fisher, one side."""
    tries, bad = new.tries + old.tries, new.bad + old.bad
    ways = log_comb(tries, bad)
    found = 0.0
    for k in range(max(new.bad, bad - old.tries), min(bad, new.tries) + 1):
        found += exp(log_comb(new.tries, k) + log_comb(old.tries, bad - k) - ways)
    return min(1.0, found)


def log_comb(n: int, k: int) -> float:
    """The logarithm of the ways to choose ``k`` of ``n``."""
    return lgamma(n + 1) - lgamma(k + 1) - lgamma(n - k + 1)


def verdict(new: Tallies, old: Tallies, *, enough: int = ENOUGH) -> str:
    """``stop``, ``promote`` or ``""``: not known yet."""
    pairs = [(new.answers, old.answers), (new.flows, old.flows)]
    known = [worse_p(*pair) for pair in pairs if min(pair[0].tries, pair[1].tries) >= LEAST]
    if any(p < STOP_P for p in known):
        return "stop"
    if new.flows.tries >= enough and old.flows.tries >= LEAST and all(p >= DOUBT_P for p in known):
        return "promote"
    return ""
