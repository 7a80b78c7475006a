"""The contact's leg that comes back, and the wait that is over: who is out of the line is offered to nobody."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import gevent
import gevent.event
import pytest
from floor import Floor

from eslapp import call_pass
from eslapp.core import commands as c
from eslapp.core.model import InteractionState, Medium
from eslapp.ids import random_id
from eslapp.services import arriving, legs
from eslapp.services.arrival import Arrival
from eslapp.services.in_line import InLine
from eslapp.services.queue_wait import QueueWait
from eslapp.services.voice_calls import VoiceCalls
from ivr import effects, waits

LEG = "11111111-1111-4111-8111-111111111111"


@pytest.fixture
def floor(tmp_path: Path) -> Iterator[Floor]:
    floor = Floor(tmp_path)
    yield floor
    floor.close()


def calls_on(floor: Floor, wait: Callable[[], waits.Happening] = lambda: waits.QueueLeft(waits.LEFT)) -> VoiceCalls:
    """``wait``: how the caller's wait in the queue ends."""

    class Waits:
        def wait(self, *_: Any) -> waits.Happening:
            return wait()

    return VoiceCalls(
        bus=floor.bus,
        store=floor.store,
        flows=floor.flows,
        prompts=cast(Any, None),
        world=floor.world,
        in_line=in_line_on(floor, lambda _name: cast(Any, Waits())),
        send_text=lambda *_: None,
        clock=floor.clock,
        ids=random_id,
    )


def in_line_on(floor: Floor, wait_for: Callable[[str], QueueWait]) -> InLine:
    """How callers wait, without a room."""
    parts = {"bus": floor.bus, "store": floor.store, "world": floor.world, "clock": floor.clock}
    return InLine(prompts=cast(Any, None), wait_for=wait_for, room=None, flows=floor.flows, **parts)


def offered(floor: Floor) -> str:
    """The offer of the one waiting contact."""
    floor.at_work()
    for _ in range(200):
        if offer := floor.now().offer:
            return offer
        gevent.sleep(0.01)
    raise AssertionError("no offer")


def test_a_leg_that_comes_back_before_the_join_has_its_old_place(floor: Floor) -> None:
    before = floor.waiting(leg=LEG)
    offer = offered(floor)
    floor.ask(c.SetPhone, agent="1001", registered=False)  # so that nobody is offered again at once
    floor.ask(c.AcceptOffer, offer=offer, agent="1001")
    assert floor.now().state == InteractionState.CONNECTING
    turn = calls_on(floor)._come_back(floor.now(), cast(Any, None), {})
    after = floor.now()
    assert (after.state, after.queued_at, after.offer) == (InteractionState.QUEUED, before.queued_at, "")
    assert turn is not None and [type(one) for one in turn.effects] == [effects.EnterQueue]


def test_a_leg_that_comes_from_another_talk_waits_for_the_agent_who_has_answered_already(floor: Floor) -> None:
    """A blind transfer to somebody whose phone answers by itself: faster than the contact's leg is back."""
    floor.waiting(leg=LEG)
    offer = offered(floor)
    floor.ask(c.AcceptOffer, offer=offer, agent="1001")
    calls = calls_on(floor)
    calls._is_being_joined = lambda name: name == "one"
    turn = calls._come_back(floor.now(), cast(Any, None), {})
    assert (floor.now().state, floor.now().offer) == (InteractionState.CONNECTING, offer)
    assert turn is not None and [type(one) for one in turn.effects] == [effects.EnterQueue]


def test_a_leg_that_comes_back_after_the_talk_goes_on_in_the_flow(floor: Floor) -> None:
    floor.waiting(leg=LEG)
    floor.ask(c.AcceptOffer, offer=offered(floor), agent="1001")
    floor.ask(c.ConnectInteraction, interaction="one")
    turn = calls_on(floor)._come_back(floor.now(), cast(Any, None), {})
    assert floor.now().state == InteractionState.WRAP_UP
    assert turn is not None and [type(one) for one in turn.effects] == [effects.EndFlow]


def test_who_waited_long_enough_is_out_of_the_line(floor: Floor) -> None:
    floor.waiting(leg=LEG)
    enter = effects.EnterQueue(queue="orders", after_s=600)
    left = calls_on(floor, lambda: waits.QueueLeft(waits.TIMEOUT))._in_line.stand(cast(Any, None), "one", enter, "en")
    assert left == waits.QueueLeft(waits.TIMEOUT)
    assert floor.now().state == InteractionState.IN_FLOW
    floor.at_work()
    gevent.sleep(0.05)  # long enough for an offer that must not come
    assert floor.now().offer == ""


def test_an_agent_who_accepts_in_that_moment_is_not_left_alone(floor: Floor) -> None:
    floor.waiting(leg=LEG)
    floor.ask(c.AcceptOffer, offer=offered(floor), agent="1001")
    ends = [waits.QueueLeft(waits.TIMEOUT), waits.QueueLeft(waits.LEFT)]
    enter = effects.EnterQueue(queue="orders", after_s=600)
    left = calls_on(floor, lambda: ends.pop(0))._in_line.stand(cast(Any, None), "one", enter, "en")
    assert left == waits.QueueLeft(waits.LEFT) and not ends
    assert floor.now().state == InteractionState.CONNECTING


@pytest.mark.parametrize(("number", "contacts_made"), [("anonymous", 2), ("Unknown", 2), ("13800138000", 1)])
def test_callers_who_withhold_their_number_are_not_one_person(floor: Floor, number: str, contacts_made: int) -> None:
    calls = calls_on(floor)
    for name in ("one", "two"):
        leg, session = cast(Any, None), floor.flows.start(flow="main", medium="voice", language="en", variables={})
        site = floor.flows.engine.site
        caller = arriving.caller_of({"sip_from_user": number}, {}, site, pass_key="", now=0.0)
        with pytest.raises(AttributeError):  # there is no leg to be marked
            calls._keep_arrival(leg, f"leg-{name}", name, caller, "en", session)
    assert len({floor.now(name).contact for name in ("one", "two")}) == contacts_made


def test_a_call_from_the_chat_page_has_the_chats_place_in_line(floor: Floor) -> None:
    calls, site = calls_on(floor), floor.flows.engine.site
    chat = floor.waiting("chat", leg="thread", medium=Medium.TEXT)
    floor.clock.now += 60
    floor.waiting("other", leg="l-other")
    floor.clock.now += 60
    facts = {"purpose": "call", "contact": chat.contact, "parent": "chat", "dialled": "1000", "once": "o"}
    told = {"sip_via_protocol": "wss", "zj_did": "1000"}
    told[call_pass.VARIABLE] = call_pass.seal("key", facts, until=floor.clock.now + 60)

    def comes(name: str) -> None:
        caller = arriving.caller_of(told, {}, site, pass_key="key", now=floor.clock.now)
        turn = floor.flows.start(flow="main", medium="voice", language="en", variables={})
        with pytest.raises(AttributeError):  # there is no leg to be marked
            calls._keep_arrival(cast(Any, None), f"leg-{name}", name, caller, "en", turn)
        floor.ask(c.EnqueueInteraction, interaction=name, queue="orders")

    comes("one")
    assert floor.now("one").queued_at == chat.queued_at and floor.now("other").queued_at == chat.queued_at + 60
    comes("two")  # they hung up and called once more: the place was theirs once
    assert floor.now("two").queued_at == floor.clock.now


def test_a_call_whose_daemon_dies_while_it_is_written_down_can_go_on(
    floor: Floor, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Killed at the opening: either the leg is a new one to the next daemon, or its flow can be resumed."""
    calls = calls_on(floor)
    turn = floor.flows.start(flow="main", medium="voice", language="en", variables={})
    site = floor.flows.engine.site
    caller = arriving.caller_of({"sip_from_user": "13800138000"}, {}, site, pass_key="", now=0.0)
    sessions: list[bool] = []

    def dies(command: c.Command) -> None:
        assert isinstance(command, c.OpenInteraction)
        sessions.append(floor.flows.load(command.interaction) is not None)
        raise SystemExit("killed")

    monkeypatch.setattr(floor.bus, "submit", dies)
    with pytest.raises(SystemExit):
        calls._keep_arrival(cast(Any, None), LEG, "one", caller, "en", turn)
    assert sessions == [True]


def test_the_next_words_begin_while_their_place_is_committed_and_what_is_done_waits_for_it(
    floor: Floor, monkeypatch: pytest.MonkeyPatch
) -> None:
    order: list[str] = []
    is_heard = gevent.event.Event()

    def keep(*_: Any) -> None:
        assert is_heard.wait(5), "the words waited for the commit"
        order.append("kept")

    class Leg:
        def play(self, _paths: Any) -> None:
            order.append("played")
            is_heard.set()

    class Prompts:
        def paths(self, _speech: Any) -> tuple[str, ...]:
            return ()

    calls, arrival = calls_on(floor), Arrival("one")
    calls._prompts = cast(Any, Prompts())
    monkeypatch.setattr(floor.flows, "keep", keep)
    monkeypatch.setattr(calls, "_remember_language", lambda *_: order.append("done"))
    turn = floor.flows.start(flow="main", medium="voice", language="en", variables={})
    following = calls._step(arrival, turn, waits.HungUp("NORMAL_CLEARING"))
    then = replace(following, effects=(effects.Play(speech=()), effects.SetLanguage("zh")))
    calls._perform(cast(Any, Leg()), arrival, then)
    assert order == ["played", "kept", "done"]


def test_a_leg_that_was_not_marked_before_the_kill_is_marked_when_it_is_back(floor: Floor) -> None:
    floor.waiting(leg=LEG)
    told: list[dict[str, str]] = []

    class Leg:
        def set_variables(self, values: dict[str, str]) -> None:
            told.append(values)
            raise SystemExit("seen enough")

    class Call:
        uuid = LEG
        variables: dict[str, str] = {}  # noqa: RUF012

    calls = calls_on(floor)
    calls.adopt()
    with pytest.raises(SystemExit):
        calls._serve(cast(Any, Leg()), Call())
    assert told == [{legs.INTERACTION: "one"}]


def test_a_key_takes_the_contact_out_of_the_line_and_keeps_the_clock(floor: Floor) -> None:
    before = floor.waiting(leg=LEG)
    enter = effects.EnterQueue(queue="orders", keys=("1",))
    left = calls_on(floor, lambda: waits.KeysPressed("1"))._in_line.stand(cast(Any, None), "one", enter, "en")
    assert left == waits.KeysPressed("1")
    assert (floor.now().state, floor.now().queued_at) == (InteractionState.IN_FLOW, before.queued_at)


def test_a_talk_that_nobody_saw_is_not_queued_again(floor: Floor) -> None:
    floor.waiting(leg=LEG)
    offer = offered(floor)
    floor.ask(c.AcceptOffer, offer=offer, agent="1001")
    marks = {"last_bridge_to": legs.offer_leg(offer)}  # the switch joined them while the daemon was dead
    turn = calls_on(floor)._come_back(floor.now(), cast(Any, None), marks)
    assert floor.now().state == InteractionState.WRAP_UP
    assert turn is not None and [type(one) for one in turn.effects] == [effects.EndFlow]


def test_without_wrap_up_the_steps_after_the_queue_run(tmp_path: Path) -> None:
    floor = Floor(tmp_path, wrap_up_s=0.0)
    try:
        floor.waiting(leg=LEG)
        floor.ask(c.AcceptOffer, offer=offered(floor), agent="1001")
        floor.ask(c.ConnectInteraction, interaction="one")
        floor.ask(c.EndTalk, interaction="one", by="agent", cause="")
        assert floor.now().state == InteractionState.CLOSED
        calls = calls_on(floor)
        turn = calls._come_back(floor.now(), cast(Any, None), {})
        assert turn is not None and [type(one) for one in turn.effects] == [effects.EndFlow]
        assert calls._come_back(floor.now(), cast(Any, None), {}) is None  # the flow is over: hung up
    finally:
        floor.close()


def test_a_leg_that_is_back_has_the_rest_of_its_wait(floor: Floor) -> None:
    floor.waiting(leg=LEG)
    floor.clock.now += 3600
    prompts = cast(Any, Silent())
    line = in_line_on(floor, lambda name: QueueWait(name, world=floor.world, prompts=prompts, clock=floor.clock))
    left = line.stand(cast(Any, Silent()), "one", effects.EnterQueue(queue="orders", after_s=600), "en")
    assert left == waits.QueueLeft(waits.TIMEOUT)


def test_who_was_sent_out_of_the_line_while_away_is_not_put_into_it_again(tmp_path: Path) -> None:
    floor = Floor(tmp_path, longest_wait_s=60)
    try:
        floor.waiting(leg=LEG)
        floor.clock.now += 60
        floor.ask(c.ExpireWait, interaction="one")
        assert (floor.now().state, floor.now().overflow) == (InteractionState.IN_FLOW, "timeout")
        turn = calls_on(floor)._come_back(floor.now(), cast(Any, None), {})
        assert turn is not None and [type(one) for one in turn.effects] == [effects.Play]  # that it is busy
        assert floor.now().state == InteractionState.IN_FLOW
    finally:
        floor.close()


class Silent:
    """A leg and prompts that say nothing; a wait that goes on is a failure."""

    has_music, may_rest = True, False

    def paths(self, _pieces: Any) -> list[str]:
        return []

    def interrupt(self) -> None:
        return None

    def pause(self, seconds: float) -> None:
        raise AssertionError(f"waits on for {seconds} s")


def test_a_call_that_was_to_be_hung_up_when_the_daemon_died_is_hung_up(floor: Floor) -> None:
    one = floor.waiting(leg=LEG)
    floor.ask(c.LeaveQueue, interaction="one", reason="timeout")
    session = floor.flows.load("one")
    assert session is not None
    floor.flows.keep("one", floor.flows.resume(session, waits.QueueLeft(waits.TIMEOUT)))  # says that it is busy
    for _ in range(2):
        session = floor.flows.load("one")
        assert session is not None
        floor.flows.keep("one", floor.flows.resume(session, waits.PlayEnded()))
    turn = calls_on(floor)._come_back(floor.now(one.id), cast(Any, None), {})
    assert turn is not None and turn.effects == (effects.EndFlow(outcome="overflowed"),)


def test_who_was_handed_over_while_the_former_agent_hung_up_waits_for_the_new_one(floor: Floor) -> None:
    floor.waiting(leg=LEG)
    floor.ask(c.AcceptOffer, offer=offered(floor), agent="1001")
    floor.ask(c.ConnectInteraction, interaction="one")
    turn = calls_on(floor)._come_back(floor.now(), cast(Any, None), {"last_bridge_to": legs.offer_leg("f" * 32)})
    assert floor.now().state == InteractionState.CONNECTED
    assert turn is not None and [type(one) for one in turn.effects] == [effects.EnterQueue]
