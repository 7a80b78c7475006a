"""Callbacks keep the place of the call they replace, are tried again within limits, and end when nobody needs them."""

from __future__ import annotations

from dataclasses import replace

from router_invariants import check
from router_rig import ORDERS, Rig, agent

from eslapp.core import commands as c
from eslapp.core.events import CallbackScheduled, InteractionClosed
from eslapp.core.model import InteractionState as I
from eslapp.core.model import Outcome, Presence


def asked(rig: Rig, call: str, **more: object) -> str:
    """The callback of a call; the contact has not hung up yet."""
    name = f"back-{call}"
    rig.ask(c.RequestCallback(at=rig.now, interaction=name, parent=call, address="13800138000", **more))
    return name


def hang_up(rig: Rig, call: str) -> None:
    rig.ask(c.CloseInteraction(at=rig.now, interaction=call))


def outcome(rig: Rig, name: str) -> Outcome:
    return next(e.outcome for e in rig.log if isinstance(e, InteractionClosed) and e.interaction == name)


def waiting_callback() -> tuple[Rig, str]:
    """In line, as the first of two; nobody works."""
    rig = Rig([agent("ann", orders=1)])
    call = rig.arrive(priority=1)
    rig.now += 30
    rig.arrive(priority=1)
    rig.now += 30
    name = asked(rig, call)
    hang_up(rig, call)
    return rig, name


def test_it_has_the_place_the_clock_and_the_chain_of_its_call() -> None:
    rig, name = waiting_callback()
    back = rig.get(name)
    assert (back.state, back.queued_at, back.priority, rig.world.position(name)) == (I.QUEUED, 1000.0, 1, 1)
    assert (back.parent, back.chain, back.contact) == ("int-1", "int-1", "c-int-1")
    assert outcome(rig, "int-1") is Outcome.CALLBACK


def test_nobody_is_rung_for_it_while_the_contact_is_still_on_the_phone() -> None:
    rig = Rig([agent("ann", orders=1)])
    call = rig.arrive()
    name = asked(rig, call)
    rig.at_work("ann")
    rig.pass_time(12)
    assert rig.get(name).state is I.SCHEDULED
    hang_up(rig, call)
    assert rig.offered_to(name) == "ann"


def test_at_a_chosen_time_it_is_in_line_with_its_old_clock() -> None:
    rig = Rig([agent("ann", orders=1)])
    call = rig.arrive()
    name = asked(rig, call, due_at=rig.now + 3600)
    hang_up(rig, call)
    assert rig.get(name).state is I.SCHEDULED
    later = rig.arrive()
    rig.pass_time(3601)
    assert (rig.world.position(name), rig.world.position(later)) == (1, 2)


def test_a_contact_who_is_not_reached_is_tried_again_and_given_up_after_the_last_try() -> None:
    rig, name = waiting_callback()
    rig.at_work("ann")
    for number in (1, 2, 3):
        rig.accept(name)
        rig.only(c.DialContact(at=rig.now, interaction=name, leg=f"leg{number}"))
        assert (rig.get(name).leg, rig.get(name).tries) == (f"leg{number}", number)
        rig.only(c.MissContact(at=rig.now, interaction=name, reason="busy"))
        assert rig.world.load("ann").live == 0
        rig.pass_time(0.0)
        if number < 3:
            assert rig.get(name).state is I.SCHEDULED
            rig.pass_time(300)
    assert outcome(rig, name) is Outcome.NOT_REACHED
    assert [e.reason for e in rig.happened(CallbackScheduled)] == ["requested", "busy", "busy"]


def test_calling_again_takes_the_place_and_cancels_the_callback() -> None:
    rig, name = waiting_callback()
    again = rig._names()
    rig.ask(
        c.OpenInteraction(
            at=rig.now, interaction=again, contact="c-int-1", channel="voice", medium=c.Medium.VOICE, leg="l", flow="m"
        )
    )
    assert rig.get(name).state is I.QUEUED  # they might hang up again: only the place counts
    rig.ask(c.EnqueueInteraction(at=rig.now, interaction=again, queue="orders"))
    assert outcome(rig, name) is Outcome.CANCELLED
    call = rig.get(again)
    assert (call.queued_at, call.priority, call.parent, call.chain) == (1000.0, 1, name, "int-1")
    assert rig.world.position(again) == 1


def calls_from(rig: Rig, number: str) -> str:
    """Somebody whom nobody knows by this number stands in the line."""
    name = rig._names()
    opened = c.OpenInteraction(
        at=rig.now, interaction=name, contact="c-" + name, channel="voice", medium=c.Medium.VOICE, leg="l", flow="m"
    )
    rig.ask(replace(opened, subject=number))
    rig.ask(c.EnqueueInteraction(at=rig.now, interaction=name, queue="orders"))
    return name


def test_calling_from_the_number_that_was_to_be_called_is_calling_again() -> None:
    """Asked for at the landline, for the mobile: who calls from that is not called a second time."""
    rig, name = waiting_callback()
    other = calls_from(rig, "13900139000")
    assert rig.get(name).state is I.QUEUED
    again = calls_from(rig, "13800138000")
    assert outcome(rig, name) is Outcome.CANCELLED
    assert (rig.get(again).queued_at, rig.get(again).chain, rig.world.position(again)) == (1000.0, "int-1", 1)
    assert rig.world.position(other) == 3
    assert list(rig.world.callbacks.of("", "13800138000")) == []  # over: no longer found by number either


def test_calling_again_takes_a_ringing_callback_back() -> None:
    rig, name = waiting_callback()
    rig.at_work("ann")
    assert rig.offered_to(name) == "ann"
    call = "again"
    rig.ask(
        c.OpenInteraction(
            at=rig.now, interaction=call, contact="c-int-1", channel="voice", medium=c.Medium.VOICE, leg="l", flow="m"
        )
    )
    rig.ask(c.EnqueueInteraction(at=rig.now, interaction=call, queue="orders"))
    assert outcome(rig, name) is Outcome.CANCELLED
    assert rig.offered_to(call) == "ann"


def test_going_back_into_the_line_ends_the_wish() -> None:
    rig = Rig([agent("ann", orders=1)])
    call = rig.arrive()
    name = asked(rig, call)
    rig.now += 5
    rig.ask(c.EnqueueInteraction(at=rig.now, interaction=call, queue="orders"))
    assert outcome(rig, name) is Outcome.CANCELLED
    assert (rig.get(call).queued_at, rig.get(call).parent) == (1000.0, "")


def test_an_agents_own_call_that_reaches_the_contact_keeps_the_promise_that_is_due_and_no_other() -> None:
    rig = Rig([agent("ann", orders=1)])
    call = rig.arrive()
    about = {"parent": call, "address": "13900139000", "due_at": rig.now + 3600}
    rig.ask(c.RequestCallback(at=rig.now, interaction="later", **about))
    due = asked(rig, call)
    hang_up(rig, call)
    rig.ask(c.SetPhone(at=rig.now, agent="ann", registered=True))
    rig.ask(c.SetPresence(at=rig.now, agent="ann", presence=Presence.BREAK))
    rig.ask(c.CallContact(at=rig.now, interaction="out", agent="ann", contact=f"c-{call}", number="13800138000"))
    rig.accept("out")
    rig.ask(c.DialContact(at=rig.now, interaction="out", leg="their-leg"))
    assert rig.get(due).state is I.QUEUED  # they may not be reached
    rig.ask(c.ConnectInteraction(at=rig.now, interaction="out"))
    assert outcome(rig, due) is Outcome.CANCELLED
    assert rig.get("later").state is I.SCHEDULED
    check(rig.world, rig.now)


def test_whom_we_have_called_waits_on_where_others_go_to_a_flow() -> None:
    crowded = replace(ORDERS, longest_wait_s=60.0, overflow={"timeout:voice": "voicemail", "closed:voice": "voicemail"})
    rig = Rig([agent("ann", orders=1)], queues=[crowded])
    rig.at_work("ann")
    rig.ask(c.CallContact(at=rig.now, interaction="out", agent="ann", contact="k", number="138"))
    rig.accept("out")
    rig.ask(c.DialContact(at=rig.now, interaction="out", leg="their-leg"))
    rig.ask(c.ConnectInteraction(at=rig.now, interaction="out"))
    rig.ask(c.SetPresence(at=rig.now, agent="ann", presence=Presence.BREAK))
    rig.ask(c.TransferInteraction(at=rig.now, interaction="out", agent="ann", kind="queue", target="orders"))
    rig.pass_time(61.0)
    rig.ask(c.SetOpening(at=rig.now, queue="orders", is_open=False))
    rig.ask(c.ReviewQueue(at=rig.now, queue="orders"))
    assert rig.get("out").state is I.QUEUED  # no flow is there: it would be hung up


def test_a_call_an_agent_made_is_handed_on_like_any_other() -> None:
    rig = Rig([agent("ann", orders=1), agent("bob", orders=1)])
    rig.at_work("ann")
    rig.ask(c.CallContact(at=rig.now, interaction="out", agent="ann", contact="k", number="138"))
    rig.accept("out")
    rig.ask(c.DialContact(at=rig.now, interaction="out", leg="their-leg"))
    rig.ask(c.ConnectInteraction(at=rig.now, interaction="out"))
    rig.at_work("bob")
    rig.ask(c.TransferInteraction(at=rig.now, interaction="out", agent="ann", kind="queue", target="orders"))
    assert (rig.offered_to("out"), rig.get("out").leg) == ("bob", "their-leg")
    rig.decline("out")
    assert rig.get("out").state is I.QUEUED  # the contact waits: it is not "nobody else's call" any more
    rig.pass_time(31.0)
    rig.accept("out")
    again = c.DialContact(at=rig.now, interaction="out", leg="another")
    assert rig.ask(again) == c.Refused("not-a-callback", "out")  # they are on the line
    rig.ask(c.ConnectInteraction(at=rig.now, interaction="out"))
    rig.end("out")
    assert rig.get("out").state is I.WRAP_UP
