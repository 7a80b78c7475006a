"""What ``zongji whatif`` shows: the day as it was beside both lives, and how far to trust them."""

from __future__ import annotations

from dataclasses import replace
from io import StringIO

import pytest
from rich.console import Console

from eslapp.cli.whatif import doubts, table
from eslapp.simulation.what_if import Figures, Told, outlook

DAY = Figures(came=40, served=30, left=10, service_level=0.6, mean_wait_s=20.0, p95_wait_s=50.0)


def lives(*figures: Figures) -> Told:
    return Told({"orders": outlook(figures)})


def test_truth_stands_beside_both_lives() -> None:
    shown = StringIO()
    better = replace(DAY, service_level=0.9)
    Console(file=shown, width=200).print(table({"orders": DAY}, lives(DAY, replace(DAY, served=31)), lives(better)))
    text = shown.getvalue()
    for words in ("as it was / 当天实际", "replayed unchanged / 原样重放", "with your change / 改动后"):
        assert words in text
    in_time = next(line for line in text.splitlines() if "in time" in line)
    assert in_time.split("及时接通")[1].split() == ["60%", "60%", "[60%..60%]", "90%", "[90%..90%]"]


@pytest.mark.parametrize(
    ("again", "said"),
    [
        (DAY, []),
        (replace(DAY, service_level=0.64, mean_wait_s=21.0), []),  # near enough
        (replace(DAY, service_level=0.9), ["60% on the day, 90%..90% replayed unchanged"]),
        (replace(DAY, mean_wait_s=64.0), ["20 s on the day, 64 s..64 s replayed unchanged"]),
    ],
)
def test_it_says_where_the_unchanged_day_does_not_come_out_as_it_was(again: Figures, said: list[str]) -> None:
    told = list(doubts({"orders": DAY}, lives(again)))
    assert len(told) == len(said) and all(words in line for words, line in zip(said, told, strict=True))
