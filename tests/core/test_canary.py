"""The rule of the canary: what it stops, what it lets live, and how often it is wrong."""

from __future__ import annotations

import random

import pytest

from eslapp.core.canary import LEAST, Tallies, Tally, verdict, worse_p


def trial(seed: int, *, new: float, old: float, contacts: int = 200) -> tuple[str, int]:
    """One trial of 10 %: the verdict, and after how many contacts of the new revision. Shares of bad answers."""
    dice, sides = random.Random(seed), (Tallies(), Tallies())
    for number in range(contacts * 10):
        is_new = number % 10 == 0
        side = sides[0] if is_new else sides[1]
        side.answers.count(dice.random() < (new if is_new else old))
        side.flows.count(False)
        if is_new and (said := verdict(*sides, enough=contacts)):
            return said, sides[0].flows.tries
    return "", sides[0].flows.tries


@pytest.mark.slow
def test_equal_revisions_are_hardly_ever_stopped_though_looked_at_after_every_flow() -> None:
    verdicts = [trial(seed, new=0.1, old=0.1)[0] for seed in range(24)]
    assert verdicts.count("stop") <= 2
    assert verdicts.count("promote") >= 19


def test_three_times_the_invalid_keys_are_stopped_within_a_hundred_contacts() -> None:
    trials = [trial(seed, new=0.3, old=0.1) for seed in range(20)]
    assert sum(said == "stop" and after <= 100 for said, after in trials) >= 18


def test_nothing_is_decided_on_a_small_sample() -> None:
    few = Tallies(Tally(LEAST - 1, LEAST - 1), Tally(LEAST - 1, LEAST - 1))
    assert verdict(few, Tallies(Tally(500, 5), Tally(500, 0))) == ""
    assert verdict(Tallies(Tally(500, 5), Tally(500, 5)), few) == ""


def test_failures_count_by_themselves() -> None:
    good = Tally(900, 90)
    assert verdict(Tallies(Tally(100, 10), Tally(100, 4)), Tallies(good, Tally(900, 1))) == "stop"


def test_fishers_exact_test() -> None:
    """The tea-tasting table: 3 of 4 against 1 of 4, p = 17/70."""
    assert abs(worse_p(Tally(4, 3), Tally(4, 1)) - 17 / 70) < 1e-9
