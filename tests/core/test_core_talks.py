"""Holds, transfers, consultations, three-way talks and supervisors, as the router decides them."""

from __future__ import annotations

from dataclasses import replace

import pytest
from router_rig import Rig, agent

from eslapp.core import commands as c
from eslapp.core import events as e
from eslapp.core.commands import Refused
from eslapp.core.model import GuestState, InteractionState, Medium, TalkState
from eslapp.core.world import build, rebuilt


@pytest.fixture
def rig() -> Rig:
    rig = Rig([agent("ann", orders=1), agent("bob", orders=1, repairs=2), agent("cid")])
    rig.at_work("ann")
    return rig


def talking(rig: Rig) -> str:
    name = rig.arrive()
    rig.connect(name)
    return name


def consulting(rig: Rig) -> str:
    name = talking(rig)
    rig.at_work("bob")
    rig.ask(c.StartConsult(at=rig.now, interaction=name, agent="ann", target="bob"))
    rig.ask(c.AnswerGuest(at=rig.now, interaction=name, guest=rig.get(name).guests[0].id))
    return name


def code(answer: object) -> str:
    assert isinstance(answer, Refused), answer
    return answer.code


def test_hold_and_resume(rig: Rig) -> None:
    name = talking(rig)
    rig.ask(c.HoldContact(at=rig.now, interaction=name, agent="ann"))
    assert (rig.get(name).talk, rig.get(name).state) == (TalkState.HELD, InteractionState.CONNECTED)
    assert rig.ask(c.HoldContact(at=rig.now, interaction=name, agent="ann")) == []
    assert code(rig.ask(c.ResumeContact(at=rig.now, interaction=name, agent="bob"))) == "not-your-interaction"
    rig.ask(c.ResumeContact(at=rig.now, interaction=name, agent="ann"))
    assert rig.get(name).talk is TalkState.DIRECT


def test_a_transfer_to_a_queue_keeps_the_clock_and_frees_the_agent(rig: Rig) -> None:
    came_at, name = rig.now, talking(rig)
    rig.pass_time(100)
    rig.ask(c.TransferInteraction(at=rig.now, interaction=name, agent="ann", kind="queue", target="repairs"))
    one = rig.get(name)
    assert (one.state, one.queue, one.queued_at, one.agent) == (InteractionState.QUEUED, "repairs", came_at, "")
    assert not rig.world.load("ann").live
    rig.at_work("bob")
    assert rig.offered_to(name) == "bob"


def test_who_hands_on_is_not_asked_again_at_once(rig: Rig) -> None:
    name = talking(rig)
    rig.ask(c.TransferInteraction(at=rig.now, interaction=name, agent="ann", kind="queue", target="orders"))
    assert rig.get(name).state is InteractionState.QUEUED
    rig.at_work("bob")
    assert rig.offered_to(name) == "bob"


def test_a_transfer_to_an_agent_asks_them_alone_and_then_anybody(rig: Rig) -> None:
    name = talking(rig)
    rig.at_work("bob")
    busy = rig.arrive()
    rig.connect(busy)
    rig.ask(c.TransferInteraction(at=rig.now, interaction=name, agent="ann", kind="agent", target="bob"))
    one = rig.get(name)
    assert (one.wanted, one.held_until, one.state) == ("bob", rig.now + 30, InteractionState.QUEUED)
    rig.end(busy)
    rig.finish(busy)
    assert rig.offered_to(name) == "bob"


def test_who_is_handed_it_back_is_asked_at_once(rig: Rig) -> None:
    name = talking(rig)
    rig.at_work("bob")
    rig.ask(c.TransferInteraction(at=rig.now, interaction=name, agent="ann", kind="agent", target="bob"))
    rig.connect(name)
    rig.ask(c.TransferInteraction(at=rig.now, interaction=name, agent="bob", kind="agent", target="ann"))
    assert rig.offered_to(name) == "ann"


@pytest.mark.parametrize(
    ("kind", "target", "why"),
    [
        ("queue", "nowhere", "unknown-queue"),
        ("agent", "ann", "already-theirs"),
        ("agent", "bob", "agent-not-available"),
        ("agent", "cid", "agent-not-able"),
        ("agent", "zoe", "unknown-agent"),
        ("moon", "x", "unknown-kind"),
    ],
)
def test_transfers_that_cannot_be(rig: Rig, kind: str, target: str, why: str) -> None:
    name = talking(rig)
    rig.at_work("cid")
    asked = c.TransferInteraction(at=rig.now, interaction=name, agent="ann", kind=kind, target=target)
    assert code(rig.ask(asked)) == why


def test_a_transfer_outside_puts_the_contact_back_into_the_flow(rig: Rig) -> None:
    name = talking(rig)
    rig.ask(c.TransferInteraction(at=rig.now, interaction=name, agent="ann", kind="outside", target="13800138000"))
    assert rig.get(name).state is InteractionState.IN_FLOW
    (event,) = rig.happened(e.InteractionTransferred)
    assert (event.kind, event.target) == ("outside", "13800138000")
    rig.ask(c.CloseInteraction(at=rig.now, interaction=name))
    assert rig.happened(e.InteractionClosed)[-1].outcome == "handled"


def test_who_is_consulted_has_no_ear_for_others(rig: Rig) -> None:
    name = consulting(rig)
    assert rig.get(name).talk is TalkState.CONSULTING
    other = rig.arrive()
    assert rig.get(other).state is InteractionState.QUEUED
    assert (
        code(rig.ask(c.StartConsult(at=rig.now, interaction=name, agent="ann", target="cid"))) == "consulting-already"
    )
    rig.ask(c.ResumeContact(at=rig.now, interaction=name, agent="ann"))
    assert (rig.get(name).talk, rig.get(name).guests) == (TalkState.DIRECT, ())
    assert rig.offered_to(other) == "bob"


def test_a_consulted_colleague_who_is_gone_leaves_the_contact_held(rig: Rig) -> None:
    name = consulting(rig)
    guest = rig.get(name).guests[0]
    rig.ask(c.DismissGuest(at=rig.now, interaction=name, guest=guest.id, reason="hung-up"))
    assert (rig.get(name).talk, rig.get(name).guests) == (TalkState.HELD, ())
    assert code(rig.ask(c.DismissGuest(at=rig.now, interaction=name, guest=guest.id))) == "guest-gone"


@pytest.mark.parametrize("is_three_way", [False, True])
def test_an_attended_transfer(rig: Rig, is_three_way: bool) -> None:
    name = consulting(rig)
    if is_three_way:
        rig.ask(c.StartThreeWay(at=rig.now, interaction=name, agent="ann"))
        assert rig.get(name).talk is TalkState.THREE_WAY
    guest = rig.get(name).guests[0]
    rig.ask(c.CompleteTransfer(at=rig.now, interaction=name, agent="ann"))
    one = rig.get(name)
    assert (one.agent, one.offer, one.talk, one.state) == (
        "bob",
        guest.id,
        TalkState.DIRECT,
        InteractionState.CONNECTED,
    )
    assert (rig.world.load("ann").live, rig.world.load("bob").call) == (0, "on-call")
    rig.end(name)
    rig.finish(name)
    assert rig.world.load("bob").live == 0


def test_the_third_leaves(rig: Rig) -> None:
    name = consulting(rig)
    rig.ask(c.StartThreeWay(at=rig.now, interaction=name, agent="ann"))
    rig.ask(c.DismissGuest(at=rig.now, interaction=name, guest=rig.get(name).guests[0].id, reason="hung-up"))
    assert rig.get(name).talk is TalkState.DIRECT


def test_handing_out_after_asking_begins_the_wrap_up(rig: Rig) -> None:
    name = talking(rig)
    rig.ask(c.StartConsult(at=rig.now, interaction=name, agent="ann", target="13800138000", kind="outside"))
    assert code(rig.ask(c.CompleteTransfer(at=rig.now, interaction=name, agent="ann"))) == "nobody-consulted"
    rig.ask(c.AnswerGuest(at=rig.now, interaction=name, guest=rig.get(name).guests[0].id))
    rig.ask(c.CompleteTransfer(at=rig.now, interaction=name, agent="ann"))
    assert rig.get(name).state is InteractionState.WRAP_UP
    assert rig.happened(e.TalkEnded)[0].cause == "handed-over"


def test_a_supervisor_listens_whispers_barges_and_takes_over(rig: Rig) -> None:
    name = talking(rig)
    rig.ask(c.SetPhone(at=rig.now, agent="cid", registered=True))
    assert code(rig.ask(c.TakeOver(at=rig.now, interaction=name, supervisor="cid"))) == "not-listening"
    rig.ask(c.Supervise(at=rig.now, interaction=name, supervisor="cid", mode="whisper"))
    guest = rig.get(name).guests[0]
    rig.ask(c.AnswerGuest(at=rig.now, interaction=name, guest=guest.id, mode="whisper"))
    states = [rig.get(name).guests[0].state]
    for mode in ("listen", "barge"):
        rig.ask(c.Supervise(at=rig.now, interaction=name, supervisor="cid", mode=mode))
        states.append(rig.get(name).guests[0].state)
    assert states == [GuestState.WHISPERING, GuestState.LISTENING, GuestState.BARGING]
    rig.ask(c.TakeOver(at=rig.now, interaction=name, supervisor="cid"))
    assert (rig.get(name).agent, rig.get(name).guests) == ("cid", ())
    assert rig.world.load("ann").live == 0


@pytest.mark.parametrize(("wanted", "does"), [("listen", "listening"), ("whisper", "whispering"), ("barge", "barging")])
def test_a_supervisor_does_what_they_wanted_though_the_daemon_was_killed_while_it_rang(
    rig: Rig, wanted: str, does: str
) -> None:
    name = talking(rig)
    rig.at_work("cid")
    rig.ask(c.Supervise(at=rig.now, interaction=name, supervisor="cid", mode=wanted))
    rig.world = rebuilt(rig.world, rig.settings)
    rig.ask(c.AnswerGuest(at=rig.now, interaction=name, guest=rig.get(name).guests[0].id))
    assert rig.get(name).guests[0].state.value == does


def test_the_end_of_the_talk_sends_everybody_home(rig: Rig) -> None:
    name = consulting(rig)
    rig.end(name)
    assert rig.get(name).guests == ()
    assert rig.world.load("bob").live == 0


def test_a_new_daemon_finds_the_same_talks(rig: Rig) -> None:
    consulting(rig)
    again = build(
        rig.settings,
        agents=rig.world.agents.values(),
        interactions=rig.world.interactions.values(),
        offers=rig.world.offers.values(),
        turns=dict(rig.world.turns.items()),
    )
    assert again.load("bob").call == "on-call"
    assert rebuilt(rig.world, rig.settings).visits == again.visits == rig.world.visits


def test_an_agent_calls_somebody(rig: Rig) -> None:
    asked = c.CallContact(at=rig.now, interaction="out", agent="ann", contact="k", number="13800138000")
    assert code(rig.ask(replace(asked, recent=20))) == "too-many-calls-out"
    assert code(rig.ask(replace(asked, agent="bob"))) == "agent-offline"
    rig.ask(asked)
    assert (rig.offered_to("out"), rig.get("out").address, rig.get("out").chain) == ("ann", "13800138000", "out")
    assert code(rig.ask(replace(asked, interaction="two"))) == "on-a-call"
    rig.accept("out")
    rig.ask(c.DialContact(at=rig.now, interaction="out", leg="l"))
    rig.ask(c.ConnectInteraction(at=rig.now, interaction="out"))
    assert rig.get("out").state is InteractionState.CONNECTED


@pytest.mark.parametrize("how", ["decline", "expire", "miss"])
def test_a_call_that_nobody_answers_is_over_and_the_agent_free(rig: Rig, how: str) -> None:
    rig.ask(c.CallContact(at=rig.now, interaction="out", agent="ann", contact="k", number="13800138000"))
    if how == "decline":
        rig.decline("out")
    elif how == "expire":
        rig.pass_time(25)
    else:
        rig.accept("out")
        rig.ask(c.DialContact(at=rig.now, interaction="out", leg="l"))
        rig.ask(c.MissContact(at=rig.now, interaction="out", reason="busy"))
    assert rig.world.interaction("out") is None
    assert rig.world.load("ann").live == 0
    assert rig.world.agents["ann"].presence == "available"


def test_a_colleague_joins_a_chat_and_leaves_it(rig: Rig) -> None:
    name = rig.arrive(medium=Medium.TEXT)
    rig.accept(name)
    invite = c.InviteParticipant(at=rig.now, interaction=name, agent="ann", target="bob")
    assert code(rig.ask(invite)) == "agent-not-available"
    rig.at_work("bob")
    rig.ask(invite)
    assert rig.get(name).writers == ("ann", "bob")
    assert rig.ask(invite) == []
    assert rig.world.load("bob").call == ""
    rig.ask(c.LeaveConversation(at=rig.now, interaction=name, participant="bob"))
    assert rig.get(name).writers == ("ann",)


@pytest.mark.parametrize("what", ["transfer", "consult"])
def test_the_hours_calls_outside_are_one_number_for_all_ways(rig: Rig, what: str) -> None:
    call = talking(rig)
    where = {"interaction": call, "agent": "ann", "kind": "outside", "target": "138"}
    kind = c.TransferInteraction if what == "transfer" else c.StartConsult
    assert rig.ask(kind(at=rig.now, recent=20, **where)) == Refused("too-many-calls-out", "20/h")
    assert isinstance(rig.ask(kind(at=rig.now, recent=19, **where)), list)
