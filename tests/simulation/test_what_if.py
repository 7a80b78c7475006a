"""A day out of its own log, lived again: unchanged it is about the same, with more agents it is never worse."""

from __future__ import annotations

from dataclasses import fields
from itertools import count

import pytest
from days import made_day

from eslapp.core import events as e
from eslapp.core.events import Event, SettingsAdopted
from eslapp.core.model import Agent, HeadStart, Interaction, Medium, Presence, Queue, Relax
from eslapp.core.settings import Rules, Settings
from eslapp.simulation.changes import BadChange, changed, changed_all, staffed
from eslapp.simulation.day import Day
from eslapp.simulation.extract import extract
from eslapp.simulation.people import People
from eslapp.simulation.what_if import as_it_was, lived_again
from eslapp.simulation.workload import Revision, Workload
from eslapp.simulation.written import WORDS

pytestmark = pytest.mark.slow
FULL = ("full:voice", "full:text")


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
    assert {one.what for one in workload.reactions} >= {"accept", "decline", "ignore"}
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
        ("queue.ordrs.ring=5 s", "no queue 'ordrs'; did you mean 'orders'.*没有队列.*是不是想写 'orders'"),
        ("queue.orders.overflw.full=callback", "no setting 'overflw'; did you mean 'overflow'"),
        ("queue.orders.headstart.levle.vip=5 min", "unknown key 'levle'.*did you mean 'level'.*没有键 'levle'"),
        ("queue.orders.ring=12", "12 is not a duration; write it with a unit.*请带单位"),
        ("queue.orders.ring=1 h", "at most"),
        ("queue.orders.target=most", "write it like: 80 % in 20 s"),
        ("queue.orders.skills.ordres=2", "no skill 'ordres'; did you mean 'orders'"),
        ("queue.orders.relax=[{after: 5 s, skills: {ordres: 1}}]", "no skill 'ordres'"),
        ("queue.orders.overflow.full={queue: repiars}", "no queue 'repiars'; did you mean 'repairs'"),
        ("queue.orders.relax=[{after: ", "queue.orders.relax"),
        ("rules.cool_down=soon", "not a duration"),
        ("rules.cooldown=5 s", "no setting 'cooldown'; did you mean 'cool_down'"),
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
    log += [e.PhoneChanged(at=60.0, agent="ann", registered=True)]
    start, workload = extract(enumerate(log), 0.0, 1e9)
    assert start is not None
    assert [one.queue for one in workload.arrivals] == ["orders"]
    told = lived_again(start, workload, settings, [1])
    assert told.served_by == {"x": "ann"}


def test_while_the_daemon_was_dead_nobody_is_offered_anything() -> None:
    settings = Settings.of([Queue("orders")], [Agent("ann", "Ann", "1")])
    log: list[Event] = [SettingsAdopted(at=-1.0, settings=settings)]
    log += [e.PresenceChanged(at=1.0, agent="ann", presence=Presence.AVAILABLE)]
    log += [e.PhoneChanged(at=1.0, agent="ann", registered=True)]
    log += [e.InteractionOpened(at=10.0, interaction=Interaction("x", "c", "voice", Medium.VOICE, "leg", 10.0))]
    log += [e.InteractionQueued(at=10.0, interaction="x", queue="orders", priority=0, queued_at=10.0)]
    log += [SettingsAdopted(at=40.0, settings=settings), e.PhoneChanged(at=90.0, agent="ann", registered=True)]
    start, workload = extract(enumerate(log), 0.0, 1e9)
    assert start is not None
    told = lived_again(start, workload, settings, [1])
    assert told.queues["orders"].mean_wait_s[0] >= 30.0


def test_a_wish_holds_in_all_settings_of_the_day() -> None:
    first, second = Settings.of([Queue("orders")], []), Settings.of([Queue("orders"), Queue("new")], [])
    day = Workload(0.0, 9.0, (), (), revisions=(Revision(5.0, second),))
    began, told = changed_all(first, day, "queue.orders.ring_s=7")
    assert [one.queues["orders"].ring_s for one in (began, told.revisions[0].settings)] == [7.0, 7.0]
    began, told = changed_all(first, day, "queue.new.ring_s=7")
    assert began == first and told.revisions[0].settings.queues["new"].ring_s == 7.0
    with pytest.raises(BadChange):
        changed_all(first, day, "queue.none.ring_s=7")


@pytest.mark.parametrize(("wish", "now"), [("limit=5", 5), ("limit=no", None), ("longest_wait_s=90", 90.0)])
def test_limits_that_are_not_there_can_be_set_and_taken_away(wish: str, now: object) -> None:
    settings = changed(Settings.of([Queue("orders")], []), f"queue.orders.{wish}")
    assert getattr(settings.queues["orders"], wish.partition("=")[0]) == now


@pytest.mark.parametrize(
    ("wish", "name", "now"),
    [
        ("headstart.level.vip=10 min", "head_start", HeadStart(levels={"gold": 60.0, "vip": 600.0})),
        ("headstart.priority=1 min", "head_start", HeadStart(60.0, levels={"gold": 60.0})),
        ("headstart.channel.webchat=30 s", "head_start", HeadStart(levels={"gold": 60.0}, channels={"webchat": 30.0})),
        ("skills={repairs: 1}", "skills", {"repairs": 1}),
        ("skills.repairs=1", "skills", {"orders": 2, "repairs": 1}),
        ("skills.orders=0", "skills", {}),
        ("prefers.repairs=3", "prefers", {"repairs": 3}),
        ("relax=[{after: 30 s, skills: {orders: 0}, language: any}]", "relax", (Relax(30.0, {"orders": 0}, True),)),
        (
            "overflow.full=callback",
            "overflow",
            {"waited:voice": "voicemail", "full:voice": "callback", "full:text": "callback"},
        ),
        ("target=95 % in 1 min", "target_s", 60.0),
        ("target=95 % in 1 min", "target_share", 0.95),
        ("callback.tries=5", "callback_tries", 5),
        ("callback.tries=5", "callback_retry_s", 77.0),
        ("ring=12 s", "ring_s", 12.0),
        ("wrapup=0 s", "wrap_up_s", 0.0),
        ("wrapup_more=1 min", "wrap_up_more_s", 60.0),
        ("longest_wait=2 min", "longest_wait_s", 120.0),
        ("longest_wait=no", "longest_wait_s", None),
        ("sticky=5 s", "sticky_s", 5.0),
        ("language=require", "language", "require"),
        ("strategy=ring_all", "strategy", "ring_all"),
    ],
)
def test_every_word_of_a_queue_that_is_lived_again_can_be_changed(wish: str, name: str, now: object) -> None:
    orders = Queue(
        "orders",
        skills={"orders": 2},
        head_start=HeadStart(levels={"gold": 60.0}),
        overflow={"waited:voice": "voicemail"},
        callback_retry_s=77.0,
        longest_wait_s=9.0,
    )
    settings = Settings.of([orders, Queue("spare", skills={"repairs": 1})], [])
    assert getattr(changed(settings, f"queue.orders.{wish}").queues["orders"], name) == now


def test_every_setting_of_a_queue_has_a_word() -> None:
    reached = {name for names in WORDS.values() for name in names}
    assert {field.name for field in fields(Queue)} - {"name", "label"} == reached


def test_house_rules_in_the_words_of_the_site() -> None:
    settings = Settings.of([], [])
    assert changed(settings, "rules.cool_down=5 s").rules.cool_down_s == 5.0
    told = changed(settings, "rules.chats_during_call=[email]").rules
    assert (told.chats_during_call, told.channels_during_call) == (False, ("email",))
    assert changed(settings, "rules.calls_during_chats=[email]").rules.calls_during_channels == ("email",)
