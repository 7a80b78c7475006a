"""Who cannot wait in a queue: sent to another one by the router, or given back to the flow; told by ``why``."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from router_invariants import check
from router_rig import Rig, agent

from eslapp.core import commands as c
from eslapp.core import events as e
from eslapp.core.model import HeadStart, InteractionState, Medium, Presence, Queue
from eslapp.core.receipts import explain
from eslapp.core.world import rebuilt

TO_REPAIRS = {"full:voice": "queue repairs", "timeout:voice": "queue repairs", "no-agents:voice": "queue repairs"}
TO_REPAIRS |= {"closed:voice": "queue repairs"}
REPAIRS = Queue("repairs", skills={"repairs": 1})


def rig_of(queue: Queue, *others: Queue) -> Rig:
    rig = Rig([agent("ann", orders=1), agent("bob", repairs=1)], queues=[queue, *(others or (REPAIRS,))])
    ann_is(rig, Presence.BREAK)
    return rig


def ann_is(rig: Rig, presence: Presence) -> None:
    rig.ask(c.SetPresence(at=rig.now, agent="ann", presence=presence))


def orders(**values: object) -> Queue:
    return replace(Queue("orders", skills={"orders": 1}, overflow=TO_REPAIRS), **values)  # type: ignore[arg-type]


def enter(rig: Rig, name: str, *own: str, medium: Medium = Medium.VOICE, **values: Any) -> list[e.Event]:
    rig.opened(name, medium)
    asked = c.EnqueueInteraction(at=rig.now, interaction=name, queue="orders", own_ways=own, **values)
    answer = rig.ask(asked)
    assert isinstance(answer, list)
    return answer


def noted(rig: Rig) -> list[tuple[str, str, str]]:
    return [(one.queue, one.reason, one.to) for one in rig.log if isinstance(one, e.InteractionOverflowed)]


def test_who_comes_to_a_full_queue_waits_in_the_other_one() -> None:
    rig = rig_of(orders(limit=1))
    enter(rig, "a")
    enter(rig, "b")
    assert (rig.get("a").queue, rig.get("b").queue) == ("orders", "repairs")
    assert noted(rig) == [("orders", "full", "repairs")]
    rig.at_work("bob")
    assert rig.offered_to("b") == "bob"


@pytest.mark.parametrize("own", [("full",), ()])
def test_the_flows_own_way_comes_first_and_without_any_rule_the_flow_decides(own: tuple[str, ...]) -> None:
    rig = rig_of(orders(limit=1, overflow=TO_REPAIRS if own else {}))
    enter(rig, "a")
    enter(rig, "b", *own)
    one = rig.get("b")
    assert (one.state, one.overflow) == (InteractionState.IN_FLOW, "full")
    assert noted(rig) == [("orders", "full", "")]


def test_who_waited_too_long_moves_with_the_old_clock() -> None:
    rig = rig_of(orders(longest_wait_s=60.0))
    enter(rig, "a")
    since = rig.now
    rig.pass_time(59.0)
    assert rig.get("a").queue == "orders"
    rig.pass_time(1.0)
    one = rig.get("a")
    assert (one.queue, one.state, one.queued_at) == ("repairs", InteractionState.QUEUED, since)
    assert noted(rig) == [("orders", "timeout", "repairs")]


def test_who_waited_too_long_goes_to_the_flow_where_that_offers_something() -> None:
    rig = rig_of(orders(longest_wait_s=60.0, overflow={"timeout:voice": "callback"}))
    enter(rig, "a")
    enter(rig, "kept", is_kept=True)
    rig.pass_time(61.0)
    one = rig.get("a")
    assert (one.state, one.overflow) == (InteractionState.IN_FLOW, "timeout")
    assert rig.get("kept").state is InteractionState.QUEUED  # over the night
    asked = c.RequestCallback(at=rig.now, interaction="cb", parent="a", address="138", queue="orders")
    rig.ask(asked)
    assert rig.get("cb").queued_at == one.queued_at  # the place and the clock


def test_an_offer_that_rings_is_not_taken_back_for_the_longest_wait() -> None:
    rig = rig_of(orders(longest_wait_s=10.0))
    rig.at_work("ann")
    enter(rig, "a")
    rig.pass_time(11.0)
    assert rig.get("a").state is InteractionState.OFFERED
    rig.decline("a")
    rig.pass_time(0.0)
    assert rig.get("a").queue == "repairs"


def test_a_queue_where_nobody_is_signed_in_sends_on_and_one_on_a_break_counts_as_there() -> None:
    rig = rig_of(orders())
    ann_is(rig, Presence.OFFLINE)
    enter(rig, "a")
    assert rig.get("a").queue == "repairs"
    ann_is(rig, Presence.BREAK)
    enter(rig, "b")
    assert rig.get("b").queue == "orders"
    ann_is(rig, Presence.OFFLINE)
    rig.ask(c.ReviewQueue(at=rig.now, queue="orders"))
    assert rig.get("b").queue == "repairs"
    assert noted(rig)[-1] == ("orders", "no-agents", "repairs")


def test_a_queue_that_closes_sends_on_who_waits_and_who_comes() -> None:
    rig = rig_of(orders(overflow={"closed:voice": "voicemail"}))
    enter(rig, "a")
    enter(rig, "chat", medium=Medium.TEXT)
    rig.ask(c.SetOpening(at=rig.now, queue="orders", is_open=False))
    assert rig.ask(c.SetOpening(at=rig.now, queue="orders", is_open=False)) == []
    rig.ask(c.ReviewQueue(at=rig.now, queue="orders"))
    assert (rig.get("a").state, rig.get("a").overflow) == (InteractionState.IN_FLOW, "closed")
    assert rig.get("chat").state is InteractionState.QUEUED  # nobody said anything of chats
    enter(rig, "b")
    assert rig.get("b").overflow == "closed"
    rig.world = rebuilt(rig.world, rig.settings)
    rig.ask(c.SetOpening(at=rig.now, queue="orders", is_open=True))
    enter(rig, "d")
    assert rig.get("d").queue == "orders"


def leave_message(rig: Rig, name: str, queue: str = "orders") -> None:
    opening = c.OpenInteraction(
        at=rig.now, interaction=name, contact="c", channel="voicemail", medium=Medium.TEXT, leg=name, flow="main",
        queue=queue,
    )  # fmt: skip
    assert isinstance(rig.ask(opening), list)


REASONS = ("full", "closed", "no-agents", "timeout")
TO_THE_FLOW = {f"{why}:{medium.value}": "message" for why in REASONS for medium in Medium}


def test_a_message_that_was_left_is_in_line_at_once_where_no_contact_could_wait() -> None:
    rig = rig_of(orders(limit=1, longest_wait_s=60.0, overflow=TO_THE_FLOW))
    enter(rig, "a")
    leave_message(rig, "full")
    rig.ask(c.SetOpening(at=rig.now, queue="orders", is_open=False))
    leave_message(rig, "closed")
    ann_is(rig, Presence.OFFLINE)
    leave_message(rig, "nobody")
    rig.pass_time(1.0)
    leave_message(rig, "deleted", queue="a queue of yesterday")
    assert rig.get("deleted").queue == "orders"  # the first one
    assert [rig.get(name).state.value for name in ("full", "closed", "nobody", "deleted")] == ["queued"] * 4
    rig.ask(c.ReviewQueue(at=rig.now, queue="orders"))
    rig.pass_time(61.0)
    assert [rig.get(name).state.value for name in ("a", "full", "closed", "nobody")] == ["in_flow"] + ["queued"] * 3
    rig.ask(c.SetOpening(at=rig.now, queue="orders", is_open=True))
    rig.at_work("ann")
    assert [rig.offered_to(name) for name in ("full", "closed", "nobody")] == ["ann"] * 3
    check(rig.world, rig.now)


def test_a_message_that_was_left_goes_on_to_the_queue_that_the_site_names() -> None:
    rig = rig_of(orders(limit=0, overflow={"full:text": "queue repairs"}))
    leave_message(rig, "m")
    assert rig.get("m").queue == "repairs"


def test_a_callback_in_line_is_not_given_to_a_flow_when_its_queue_closes_or_empties() -> None:
    rig = rig_of(orders(overflow=TO_THE_FLOW, longest_wait_s=60.0))
    enter(rig, "a")
    rig.ask(c.RequestCallback(at=rig.now, interaction="cb", parent="a", address="138", queue="orders"))
    rig.ask(c.CloseInteraction(at=rig.now, interaction="a"))
    ann_is(rig, Presence.OFFLINE)
    rig.ask(c.SetOpening(at=rig.now, queue="orders", is_open=False))
    assert rig.ask(c.ReviewQueue(at=rig.now, queue="orders")) == []
    rig.pass_time(61.0)
    assert (rig.get("cb").state, noted(rig)) == (InteractionState.QUEUED, [])
    rig.at_work("ann")
    assert rig.offered_to("cb") == "ann"


def test_texts_of_the_night_are_kept_for_the_opening_also_from_who_was_left_available() -> None:
    rig = rig_of(replace(orders(), overflow={}, head_start=HeadStart(levels={"vip": 600.0})))
    enter(rig, "evening", medium=Medium.TEXT)
    rig.ask(c.SetOpening(at=rig.now, queue="orders", is_open=False))
    rig.pass_time(60.0)
    enter(rig, "vip", medium=Medium.TEXT, level="vip")
    enter(rig, "night", medium=Medium.TEXT)
    rig.at_work("ann")
    check(rig.world, rig.now)
    assert [rig.offered_to(name) for name in ("evening", "vip", "night")] == ["ann", "", ""]
    rig.world = rebuilt(rig.world, rig.settings)
    rig.pass_time(1.0)
    enter(rig, "late", medium=Medium.TEXT)
    receipts = [one.receipt for one in rig.log if isinstance(one, e.DecisionMade) and one.receipt.interaction == "late"]
    told = explain(rig.get("late"), receipts, [], names={})
    assert "before the queue opens" in told.en and "上班前不分配" in told.zh
    rig.ask(c.SetOpening(at=rig.now, queue="orders", is_open=True))
    offers = [one.offer.interaction for one in rig.log if isinstance(one, e.OfferMade)]
    assert offers == ["evening", "vip", "night"], "ann has room for three"


def test_a_call_and_a_talk_handed_on_wait_for_no_opening() -> None:
    rig = rig_of(replace(orders(), overflow={}))
    rig.at_work("ann")
    enter(rig, "chat", medium=Medium.TEXT)
    rig.connect("chat")
    rig.ask(c.SetOpening(at=rig.now, queue="orders", is_open=False))
    rig.ask(c.TransferInteraction(at=rig.now, interaction="chat", agent="ann", kind="queue", target="orders"))
    enter(rig, "call")
    assert rig.offered_to("call") == "ann"
    rig.at_work("bob")
    rig.pass_time(3600.0)
    check(rig.world, rig.now)


def test_overflows_that_lead_in_a_circle_end_with_the_flow() -> None:
    first = orders(limit=1)
    second = Queue("repairs", limit=1, overflow={"full:voice": "queue orders"})
    rig = rig_of(first, second)
    for name in ("a", "b", "d"):
        enter(rig, name)
    assert [rig.world.interactions[name].queue for name in ("a", "b")] == ["orders", "repairs"]
    assert (rig.get("d").state, rig.get("d").overflow) == (InteractionState.IN_FLOW, "full")


def test_a_transfer_is_not_turned_away_by_a_full_queue_and_counts_for_who_comes_after_it() -> None:
    rig = Rig([agent("ann")], [Queue("a", wrap_up_s=0), Queue("b", skills={"b": 1}, limit=1)])
    waiting = rig.arrive("b")
    rig.at_work("ann")
    talk = rig.arrive("a")
    rig.connect(talk)
    rig.ask(c.TransferInteraction(at=rig.now, interaction=talk, agent="ann", kind="queue", target="b"))
    assert [rig.world.position(one) for one in (waiting, talk)] == [1, 2]
    rig.ask(c.CloseInteraction(at=rig.now, interaction=waiting))
    late = rig.arrive("b")
    assert rig.world.position(late) is None
    assert rig.happened(e.InteractionOverflowed)[-1].reason == "full"


def test_a_chain_of_full_queues_is_followed() -> None:
    last = Queue("anybody")
    rig = rig_of(orders(limit=1), replace(REPAIRS, limit=1, overflow={"full:voice": "queue anybody"}), last)
    for name in ("a", "b", "d"):
        enter(rig, name)
    assert [rig.get(name).queue for name in ("a", "b", "d")] == ["orders", "repairs", "anybody"]


def test_who_comes_back_to_their_place_is_not_turned_away() -> None:
    rig = rig_of(orders(limit=1))
    enter(rig, "a")
    rig.ask(c.LeaveQueue(at=rig.now, interaction="a", reason="key 1"))
    enter(rig, "b")
    rig.ask(c.EnqueueInteraction(at=rig.now, interaction="a", queue="orders"))
    assert (rig.get("a").queue, rig.world.position("a")) == ("orders", 1)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_why_tells_it(language: str) -> None:
    rig = rig_of(orders(limit=1))
    enter(rig, "a")
    enter(rig, "b")
    receipts = [one.receipt for one in rig.log if isinstance(one, e.DecisionMade) and one.receipt.interaction == "b"]
    story = [one for one in rig.log if getattr(one, "interaction", "") == "b"]
    told = getattr(explain(rig.get("b"), receipts, story, names={}), language)
    assert "orders" in told and "repairs" in told
    assert ("was full" if language == "en" else "已满") in told
    rig.ask(c.TurnAway(at=rig.now, interaction="b", queue="orders", reason="full"))  # it waits: nothing to note
    rig.opened("z")
    rig.ask(c.TurnAway(at=rig.now, interaction="z", queue="orders", reason="closed"))
    story = [one for one in rig.log if getattr(one, "interaction", "") == "z"]
    told = getattr(explain(rig.get("z"), [], story, names={}), language)
    assert ("was closed" if language == "en" else "已下班") in told
