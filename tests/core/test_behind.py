"""Why each able agent came after the first: told at once for all, as it would be told of each pair."""

from __future__ import annotations

from random import Random

import pytest

from eslapp.core.routing import LATER_FREE, LATER_ID, LESS_LIKED, NOT_WANTED, Rank, behind, strategy

BY = strategy("longest_idle")


def of_pair(best: Rank, other: Rank) -> str:
    """The first thing that decides between the two."""
    reasons = (NOT_WANTED, LESS_LIKED, BY.lost, LATER_FREE)
    decided = [reason for reason, mine, theirs in zip(reasons, best, other, strict=False) if mine != theirs]
    return decided[0] if decided else LATER_ID


@pytest.mark.parametrize("seed", range(20))
def test_each_is_told_as_of_the_pair(seed: int) -> None:
    chance = Random(seed)
    kinds = chance.choice((1, 2, 3))

    def rank(number: int) -> Rank:
        return Rank(
            chance.random() < 0.5,
            -chance.randrange(kinds),
            -float(chance.randrange(kinds)),
            float(chance.randrange(kinds)),
            f"a{number:03}",
        )

    ranks = tuple(sorted(rank(number) for number in range(chance.choice((1, 2, 9, 60)))))
    assert behind(ranks, BY) == {one.agent: of_pair(ranks[0], one) for one in ranks}


def test_of_those_who_are_asked_at_once_none_is_better() -> None:
    ranks = (Rank(False, 0, -1.0, 1.0, "a"), Rank(True, 0, 0.0, 2.0, "b"))
    assert behind(ranks, strategy("ring_all")) == dict.fromkeys("ab", strategy("ring_all").lost)
    assert behind((), BY) == {}
