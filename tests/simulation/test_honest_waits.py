"""Announced waits against the truth of simulated days: four of five end within their range, without lasting bias."""

from __future__ import annotations

from random import Random
from statistics import median

import pytest

from eslapp.core import commands as c
from eslapp.core.events import InteractionConnected, WaitAnnounced
from eslapp.core.model import Agent, Medium, Presence, Queue
from eslapp.core.pace import Pace, Promise, estimate
from eslapp.core.settings import Settings
from eslapp.core.world import build
from eslapp.simulation.day import Day
from eslapp.simulation.people import People
from eslapp.simulation.workload import Arrival, Shift, Workload


def asked_day(seed: int) -> Day:
    """Eight agents, a queue that is always a little too long; everybody asks twice how long it will take."""
    chance = Random(seed)
    crew = [Agent(f"a{n}", f"a{n}", str(n)) for n in range(8)]
    arrivals, at = [], 0.0
    for number in range(400):
        at += chance.expovariate(1 / 26.0)
        name, talk_s = f"i{number:04}", chance.gammavariate(2.0, 90.0)
        arrivals.append(
            Arrival(at, name, "q", Medium.VOICE, "voice", name, talk_s=talk_s, wrap_s=20.0, patience_s=9000.0)
        )
    shifts = tuple(Shift(0.0, one.id, Presence.AVAILABLE, registered=True) for one in crew)
    workload = Workload(0.0, at + 3600.0, tuple(arrivals), shifts)
    day = Day(build(Settings.of([Queue("q", wrap_up_s=60.0)], crew)), workload, People(workload, seed))
    for arrival in arrivals:
        for later in (1.0, 45.0):
            asking = c.AnnounceWait(at=arrival.at + later, interaction=arrival.interaction)
            day.floor.at(arrival.at + later, lambda asking=asking: day.ask(asking))  # type: ignore[misc]
    day.live()
    return day


@pytest.mark.slow
def test_four_of_five_waits_end_within_what_was_said() -> None:
    within, ratios = [], []
    for seed in (1, 2, 3):
        log = asked_day(seed).log
        served = {event.interaction: event.at for event in log if isinstance(event, InteractionConnected)}
        for said in (event for event in log if isinstance(event, WaitAnnounced) and event.is_told):
            actual_s = served[said.interaction] - said.at
            within.append(said.low_s <= actual_s <= said.high_s)
            ratios.append(actual_s / said.wait_s)
    assert len(within) > 300
    assert 0.7 <= sum(within) / len(within) <= 0.93, sum(within) / len(within)
    assert 0.75 <= median(ratios) <= 1.25


def test_what_is_often_wrong_is_withheld_until_it_is_better() -> None:
    pace = Pace(gaps=tuple((10.0 * n, 10.0) for n in range(20)))
    assert (told := estimate(pace, 3, 200.0)) is not None and told.is_reliable
    for _ in range(10):
        pace = pace.scored(Promise(200.0, told.wait_s, told.low_s, told.high_s), 10_000.0)
    assert (worse := estimate(pace, 3, 200.0)) is not None and not worse.is_reliable
    for _ in range(20):
        pace = pace.scored(Promise(200.0, 60.0, 30.0, 90.0), 60.0)
    assert (again := estimate(pace, 3, 200.0)) is not None and again.is_reliable


def test_nothing_is_said_where_nothing_is_known() -> None:
    assert estimate(Pace(), 1, 100.0) is None
    assert estimate(Pace(gaps=((10.0, 10.0),)), 1, 9000.0) is None
    few = estimate(Pace(gaps=((10.0, 10.0), (20.0, 10.0))), 1, 30.0)
    assert few is not None and not few.is_reliable


def test_a_rush_after_a_quiet_hour_is_not_told_hours() -> None:
    """One agent, a call every ten minutes who finds them free; then ten at once, served every 6 s."""
    pace = Pace()
    for number in range(6):
        at = 600.0 * number
        pace = pace.with_service(at, here_since=at - 3.0, offered_at=at - 3.0)
    assert estimate(pace, 9, 3000.0) is None, "what is known of quiet times says nothing"
    for number in range(1, 6):
        pace = pace.with_service(3000.0 + 6.0 * number, here_since=3001.0, offered_at=2998.0 + 6.0 * number)
    told = estimate(pace, 5, 3031.0, 3001.0)
    assert told is not None and told.is_reliable and told.low_s < 30.0 < told.high_s
    assert 25.0 <= told.wait_s <= 35.0


def test_a_standstill_makes_the_wait_longer() -> None:
    pace = Pace(served=(100.0,), gaps=tuple((20.0 * n, 10.0) for n in range(6)))
    waits = [estimate(pace, 3, at, 50.0) for at in (101.0, 200.0, 700.0)]
    assert [round(one.wait_s) for one in waits if one is not None] == [30, 80, 330]
