"""A day out of its own log, lived again: unchanged it is about the same, with more agents it is never worse."""

from __future__ import annotations

from itertools import count

import pytest
from days import made_day

from eslapp.core import events as e
from eslapp.core.events import Event, SettingsAdopted
from eslapp.core.model import Agent, Interaction, Medium, Presence, Queue
from eslapp.core.settings import Rules, Settings
from eslapp.simulation.changes import BadChange, changed, staffed
from eslapp.simulation.day import Day
from eslapp.simulation.extract import extract
from eslapp.simulation.people import People
from eslapp.simulation.what_if import as_it_was, lived_again
from eslapp.simulation.workload import Workload

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def day() -> tuple:
    world, workload = made_day(3, contacts=120, staff=7, hours=2.0)
    lived = Day(world, workload, People(workload, 3))
    lived.live()
    log = [(0, SettingsAdopted(at=-1.0, settings=world.settings)), *zip(count(1), lived.log, strict=False)]
    return extract(log, 0.0, 1e9)


@pytest.mark.slow
def test_the_day_comes_out_of_its_log(day: tuple) -> None:
    start, workload = day
    assert len(workload.arrivals) == 120 and workload.shifts and workload.reactions
    assert {what for what, _ in workload.reactions} == {"accept", "decline", "ignore"}
    truth = as_it_was(workload, start.settings)
    again = lived_again(start, workload, start.settings, range(4)).queues
    for queue, one in truth.items():
        assert again[queue].came == one.came
        assert abs(again[queue].service_level[1] - one.service_level) < 0.25, queue


@pytest.mark.slow
def test_more_agents_are_never_worse_over_the_seeds(day: tuple) -> None:
    start, workload = day

    def in_time(more: int) -> float:
        settings, staffing = staffed(start.settings, workload, more)
        told = lived_again(start, staffing, settings, range(3))
        return sum(one.service_level[1] * one.came for one in told.queues.values())

    assert in_time(-3) < in_time(0) < in_time(14)


def test_another_strategy_gives_the_work_to_others(day: tuple) -> None:
    start, workload = day
    before = lived_again(start, workload, start.settings, [1])
    settings = changed(start.settings, "queue.chat.strategy=round_robin")
    after = lived_again(start, workload, settings, [1])
    assert before.served_by != after.served_by
    assert lived_again(start, workload, start.settings, [1]).served_by == before.served_by


@pytest.mark.parametrize(
    ("wish", "said"),
    [
        ("queue.orders.strategy=loudest", "strategy: no 'loudest'.*可用"),
        ("queue.orders.language=klingon", "language: no 'klingon'.*可用"),
        ("rules.readiness=maybe", "registered"),
        ("queue.orders.ring_s=nan", r"out of range \(1 - 604800\).*超出范围"),
        ("queue.orders.ring_s=0", "out of range"),
        ("queue.orders.limit=inf", "out of range"),
        ("queue.orders.limit=-1", "out of range"),
        ("queue.orders.target_share=80", r"\(0 - 1\)"),
        ("queue.orders.skills.orders=1e400", r"\(0 - 10\)"),
        ("rules.offers_per_pass=0", "out of range"),
        ("queue.nowhere.ring_s=5", "no queue 'nowhere'.*没有队列"),
        ("queue.orders.ring_s=long", "'long' is not a number.*不是数字"),
        ("queue.orders.colour=red", "no setting 'colour'"),
        ("rules.chats_during_call=maybe", "no 'maybe'; there are: yes, no"),
        ("orders", "write NAME=VALUE.*请写成"),
        ("", "write NAME=VALUE"),
    ],
)
def test_a_wish_that_cannot_be_is_told(day: tuple, wish: str, said: str) -> None:
    with pytest.raises(BadChange, match=said):
        changed(day[0].settings, wish)


@pytest.mark.parametrize("more", [-10_000, 10_000_000])
def test_nobody_has_so_many_agents(day: tuple, more: int) -> None:
    with pytest.raises(BadChange, match="out of range.*超出范围"):
        staffed(day[0].settings, day[1], more)


def test_a_wish_for_a_skill_or_a_rule(day: tuple) -> None:
    settings = changed(day[0].settings, "queue.orders.skills.orders=4")
    assert settings.queues["orders"].skills == {"orders": 4}
    assert changed(settings, "rules.chats_during_call=yes").rules.chats_during_call
    assert isinstance(day[1], Workload)


def test_a_day_with_overflow_openings_and_tested_phones_is_lived_again() -> None:
    """The calendar is as it was, the readiness gate keeps nobody away, who overflowed came to their queue."""
    orders = Queue(
        "orders", limit=1, overflow={"full:voice": "queue spare", "closed:voice": "voicemail"}, wrap_up_s=0.0
    )
    settings = Settings.of([orders, Queue("spare")], [Agent("ann", "Ann", "1")], rules=Rules(readiness="audible"))
    log: list[Event] = [SettingsAdopted(at=-1.0, settings=settings)]
    log += [e.QueueOpeningChanged(at=0.0, queue="orders", is_open=False)]
    log += [e.PresenceChanged(at=1.0, agent="ann", presence=Presence.AVAILABLE)]
    log += [e.PhoneChanged(at=1.0, agent="ann", registered=True)]
    log += [e.QueueOpeningChanged(at=5.0, queue="orders", is_open=True)]
    call = Interaction("x", "c", "voice", Medium.VOICE, "leg", 10.0)
    log += [e.InteractionOpened(at=10.0, interaction=call)]
    log += [e.InteractionOverflowed(at=10.0, interaction="x", queue="orders", reason="full", to="spare")]
    log += [e.InteractionQueued(at=10.0, interaction="x", queue="spare", priority=0, queued_at=10.0)]
    start, workload = extract(enumerate(log), 0.0, 1e9)
    assert start is not None
    assert [one.queue for one in workload.arrivals] == ["orders"]
    told = lived_again(start, workload, settings, [1])
    assert told.served_by == {"x": "ann"}


@pytest.mark.parametrize(("wish", "now"), [("limit=5", 5), ("limit=no", None), ("longest_wait_s=90", 90.0)])
def test_limits_that_are_not_there_can_be_set_and_taken_away(wish: str, now: object) -> None:
    settings = changed(Settings.of([Queue("orders")], []), f"queue.orders.{wish}")
    assert getattr(settings.queues["orders"], wish.partition("=")[0]) == now
