"""``eslapp/core/service_level.py``: who counts, and for what."""

from __future__ import annotations

import pytest

from eslapp.core.service_level import Level, Wait, level


@pytest.mark.parametrize(
    ("wait", "expected"),
    [
        (Wait(100.0, answered_at=120.0), Level(1, 1, 0)),  # on the target's last instant is in time
        (Wait(100.0, answered_at=120.1), Level(1, 0, 0)),
        (Wait(100.0, left_at=119.0), Level(0, 0, 0)),  # a short abandon
        (Wait(100.0, left_at=130.0), Level(0, 0, 1)),
        (Wait(190.0), Level(0, 0, 0)),  # has still time
        (Wait(100.0), Level(0, 0, 1)),  # the promise is broken already
    ],
)
def test_each_wait_counts_once(wait: Wait, expected: Level) -> None:
    assert level(20.0, [wait], at=200.0) == expected


def test_nobody_is_no_figure() -> None:
    assert level(20.0, [], at=0.0).share is None
    assert level(20.0, [Wait(0.0, left_at=1.0)], at=50.0).share is None


def test_the_share_is_of_all_who_count() -> None:
    waits = [Wait(0.0, answered_at=5.0), Wait(0.0, answered_at=90.0), Wait(0.0, left_at=60.0), Wait(0.0)]
    assert level(20.0, waits, at=100.0).share == 0.25
