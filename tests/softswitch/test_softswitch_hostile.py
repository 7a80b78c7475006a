"""A small run of ``tests/bench/hostile``: strangers' SIP, RTP and digits against a switch with calls on it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.bench import hostile
from tests.bench.malformed import FIELDS, datagrams, wrong_values


def test_the_datagrams_are_many_and_always_the_same() -> None:
    made = datagrams(500)
    assert made == datagrams(500) and len(set(made)) > 450
    assert len(FIELDS) >= 54 and len(wrong_values()) == 85


@pytest.mark.system
@pytest.mark.slow
def test_calls_do_not_notice_what_strangers_send(tmp_path: Path) -> None:
    seen = hostile.measure(tmp_path, calls=3, datagrams_=1500, foreign=600, digits=20_000, settle_s=0)
    assert seen.calls_up == seen.calls == 3
    assert seen.exceptions == 0
    assert seen.back_bytes <= 2 * seen.sent_bytes
    assert seen.marker_share < 0.05
    assert seen.digits_per_s <= hostile.MOST_DIGITS_PER_S
    assert seen.growth_kib < 60 * 1024 and seen.digit_growth_kib < 40 * 1024
