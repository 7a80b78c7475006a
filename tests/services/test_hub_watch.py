"""What the watch of the hub counts: long work and blocking calls, not waiting for sockets and timers."""

from __future__ import annotations

import time

import gevent
import pytest
from prometheus_client import REGISTRY

from eslapp.services.hub_watch import HELD, Rounds

LONG_S = 0.06


def work() -> None:
    until = time.thread_time() + LONG_S
    while time.thread_time() < until:
        sum(range(100))


def block() -> None:
    time.sleep(LONG_S)  # holds the hub, as a call of the system would


def wait() -> None:
    gevent.sleep(LONG_S)  # the hub is free meanwhile


@pytest.mark.parametrize(("act", "least"), [(work, LONG_S * 0.8), (block, LONG_S * 0.8), (wait, 0.0)])
def test_a_round_that_takes_long_is_seen(act: object, least: float) -> None:
    rounds = Rounds()
    rounds.start()
    try:
        gevent.sleep(0.001)  # a round before: what comes is a round of its own
        rounds.take()
        gevent.spawn(act).join(10)  # type: ignore[arg-type]
        gevent.sleep(0.001)  # its end is seen when the hub waits again
        number, longest = rounds.take()
    finally:
        rounds.stop()
    assert number >= 1
    assert longest >= least
    if not least:
        assert longest < LONG_S / 3
    assert rounds.take() == (0, 0.0)


def test_rounds_are_shown_as_a_histogram() -> None:
    def shown(le: str) -> float:
        return REGISTRY.get_sample_value("zongji_hub_held_seconds_bucket", {"le": le}) or 0.0

    names = ("0.001", "0.05", "0.1", "+Inf")
    before = [shown(le) for le in names]
    for seconds in (0.0001, 0.06, 7.0):
        HELD.count(seconds)
    assert [shown(le) - was for le, was in zip(names, before, strict=True)] == [1, 1, 2, 3]
