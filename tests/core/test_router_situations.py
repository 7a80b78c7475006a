"""Situations told only by what a contact centre promises: who must get what, and what the receipt says."""

from __future__ import annotations

from dataclasses import replace

import pytest
from router_rig import Rig, agent

from eslapp.core import commands as c
from eslapp.core import events as e
from eslapp.core.model import Agent, InteractionState, Medium, Presence, Queue

STICKY = Queue("q", strategy="sticky", sticky_s=60.0, wrap_up_s=0.0)
PLAIN = Queue("q", wrap_up_s=0.0)
NEXT = Queue("next", skills={"rare": 1})


def floor(*agents: Agent, queue: Queue = PLAIN) -> Rig:
    """All are there, the first the longest idle."""
    rig = Rig(agents, [queue, NEXT])
    for one in agents:
        rig.at_work(one.id)
        rig.now += 5
    return rig


def comes(rig: Rig, medium: Medium = Medium.VOICE, **asked: object) -> str:
    name = rig._names()
    rig.opened(name, medium)
    rig.ask(c.EnqueueInteraction(at=rig.now, interaction=name, queue="q", **asked))
    return name


def lost(rig: Rig) -> dict[str, str]:
    return {one.agent: one.reason for one in rig.happened(e.DecisionMade)[-1].receipt.losers}


def goes_to_lunch_after_this(rig: Rig, name: str) -> None:
    wish = {"presence": Presence.BREAK, "reason": "lunch", "after_work": True}
    rig.ask(c.SetPresence(at=rig.now, agent=name, **wish))


def consulted(rig: Rig, call: str, target: str) -> str:
    rig.ask(c.StartConsult(at=rig.now, interaction=call, agent=rig.get(call).agent, kind="agent", target=target))
    guest = rig.get(call).guests[0].id
    rig.ask(c.AnswerGuest(at=rig.now, interaction=call, guest=guest))
    return guest


@pytest.mark.parametrize("way", ["transferred", "handed over", "only rung", "was a guest", "guest of a talk that ends"])
def test_lunch_after_this_work_comes_however_the_work_ends(way: str) -> None:
    rig = floor(agent("ann"), agent("bob"))
    call = comes(rig)
    who = "ann"
    if way == "only rung":
        goes_to_lunch_after_this(rig, who)
        assert rig.offered_to(call) == "bob"
    else:
        rig.connect(call)
        guest = consulted(rig, call, "bob") if way != "transferred" else ""
        who = "bob" if "guest" in way else "ann"
        goes_to_lunch_after_this(rig, who)
        assert rig.world.agents[who].presence is Presence.AVAILABLE
        ends = {
            "transferred": c.TransferInteraction(
                at=rig.now, interaction=call, agent="ann", kind="queue", target="next"
            ),
            "handed over": c.CompleteTransfer(at=rig.now, interaction=call, agent="ann"),
            "was a guest": c.DismissGuest(at=rig.now, interaction=call, guest=guest),
            "guest of a talk that ends": c.EndTalk(at=rig.now, interaction=call, by="contact"),
        }
        rig.ask(ends[way])
    assert (rig.world.agents[who].presence, rig.world.agents[who].reason) == (Presence.BREAK, "lunch")
    assert rig.world.agents[who].next_presence is None


def test_who_has_chats_is_not_idle() -> None:
    rig = floor(agent("ann"), agent("bob"), agent("cid"))
    got = []
    for _ in range(6):
        chat = comes(rig, Medium.TEXT)
        rig.accept(chat)
        got.append(rig.get(chat).agent)
        rig.now += 1
    assert got == ["ann", "bob", "cid", "ann", "bob", "cid"]
    receipt = rig.happened(e.DecisionMade)[-1].receipt
    assert receipt.candidates[0] == ("cid", -0.25)  # given nothing new for three seconds


def test_the_most_skilled_is_so_in_what_this_contact_needs() -> None:
    queue = replace(PLAIN, strategy="most_skilled", prefers={"polite": 1})
    rig = floor(agent("ann", polite=1, german=3), agent("bob", polite=1, german=9), queue=queue)
    assert rig.offered_to(comes(rig, skills={"german": 2})) == "bob"
    rig = floor(agent("ann", polite=3), agent("bob", polite=9), queue=queue)
    assert rig.offered_to(comes(rig)) == "bob"


@pytest.mark.parametrize("why", ["skill", "leaving", "phone", "no calls"])
def test_nobody_waits_for_a_wanted_agent_who_cannot_come(why: str) -> None:
    queue = replace(STICKY, skills={"orders": 1}) if why == "skill" else STICKY
    bob = agent("bob") if why == "skill" else agent("bob", orders=1)
    bob = replace(bob, capacity={Medium.VOICE: 0, Medium.TEXT: 3}) if why == "no calls" else bob
    rig = floor(agent("ann", orders=1), bob, queue=queue)
    if why == "leaving":
        rig.connect(comes(rig))  # ann
        rig.connect(comes(rig))  # bob
        rig.end("int-1")
        goes_to_lunch_after_this(rig, "bob")
    elif why == "phone":
        rig.ask(c.SetPhone(at=rig.now, agent="bob", registered=False))
    assert rig.offered_to(comes(rig, wanted="bob")) == "ann"


@pytest.mark.parametrize("way", ["break", "lunch next", "rings out"])
def test_a_wanted_agent_who_goes_away_is_not_waited_for_any_longer(way: str) -> None:
    rig = floor(agent("bob"), queue=STICKY)
    first = comes(rig)
    if way != "rings out":
        rig.connect(first)
    second = comes(rig, wanted="bob")
    assert rig.get(second).held_until is not None
    if way == "break":
        rig.ask(c.SetPresence(at=rig.now, agent="bob", presence=Presence.BREAK))
    elif way == "lunch next":
        goes_to_lunch_after_this(rig, "bob")
    else:
        rig.pass_time(STICKY.ring_s)
        assert rig.world.agents["bob"].presence is Presence.RNA
    assert rig.get(second).held_until is None
    assert [one.interaction for one in rig.happened(e.HoldEnded)] == [second]


def test_a_leg_that_fails_is_followed_by_another_agents() -> None:
    rig = floor(agent("ann"), agent("bob"))
    call = comes(rig)
    rig.accept(call)
    rig.ask(c.RescindOffer(at=rig.now, offer=rig.offer(call).id, reason="leg-failed"))
    assert rig.offered_to(call) == "bob" and rig.world.agents["ann"].presence is Presence.AVAILABLE
    assert lost(rig) == {"ann": "leg-failed"}


def test_a_phone_that_always_fails_is_not_rung_in_a_loop() -> None:
    rig = floor(agent("ann"))
    began, call, rung = rig.now, comes(rig), 0
    for _ in range(60):
        while rig.get(call).offer:
            rung += 1
            rig.ask(c.RescindOffer(at=rig.now, offer=rig.offer(call).id, reason="leg-failed"))
        rig.pass_time(1.0)
    assert 2 <= rung <= 22
    assert rig.get(call).queued_at == began


def test_ring_all_puts_off_who_was_asked_alone_and_nobody_else() -> None:
    queue = replace(PLAIN, strategy="ring_all")
    rig = floor(agent("ann"), agent("bob"), queue=queue)
    comes(rig)
    rig.pass_time(queue.ring_s)
    assert {one.presence for one in rig.world.agents.values()} == {Presence.AVAILABLE}
    assert len(rig.happened(e.OfferExpired)) == 2
    rig.ask(c.SetPresence(at=rig.now, agent="bob", presence=Presence.OFFLINE))
    rig.pass_time(2 * queue.ring_s)
    assert rig.world.agents["ann"].presence is Presence.RNA


def test_nobody_there_means_nobody_who_could_serve_this_contact() -> None:
    onward = {"no-agents:voice": "queue next"}
    german = replace(agent("bob"), languages=("de",))
    rig = Rig([replace(agent("ann"), languages=("en",)), german], [replace(PLAIN, overflow=onward), NEXT])
    rig.at_work("ann")
    assert rig.get(comes(rig, skills={"rare": 1})).queue == "next"
    rig = Rig(
        [replace(agent("ann"), languages=("en",)), german],
        [replace(PLAIN, language="require", overflow=onward), NEXT],
    )
    rig.at_work("ann")
    assert rig.get(comes(rig, language="de")).queue == "next"
    assert rig.offered_to(comes(rig, language="en")) == "ann"


def promise(rig: Rig, call: str, **more: object) -> None:
    rig.ask(c.RequestCallback(at=rig.now, interaction="back", parent=call, address="138", **more))


def test_what_an_agent_promises_in_a_talk_is_due_after_it_and_theirs_first() -> None:
    rig = floor(agent("ann"), agent("bob"))
    call = comes(rig)
    rig.connect(call)
    promise(rig, call, promised_by="ann")
    rig.pass_time(300)
    assert rig.get("back").state is InteractionState.SCHEDULED
    rig.end(call)
    assert rig.offered_to("back") == "ann"  # though bob has been idle for longer
    assert rig.get("back").chain == call


def test_at_a_chosen_time_it_waits_for_who_promised_it_and_then_for_anybody() -> None:
    rig = floor(agent("ann"), agent("bob"), queue=replace(PLAIN, sticky_s=30.0))
    call = comes(rig)
    rig.connect(call)
    promise(rig, call, promised_by="ann", due_at=rig.now + 600)
    rig.end(call)
    rig.connect(comes(rig))  # bob
    rig.connect(comes(rig))  # ann
    rig.end("int-2")
    rig.pass_time(629)
    assert rig.get("back").state is InteractionState.QUEUED
    rig.pass_time(1)
    assert rig.offered_to("back") == "bob"


def test_a_callback_that_is_due_in_the_night_waits_for_the_opening() -> None:
    rig = floor(agent("ann"))
    call = comes(rig)
    promise(rig, call, due_at=rig.now + 600)
    rig.ask(c.CloseInteraction(at=rig.now, interaction=call))
    rig.ask(c.SetOpening(at=rig.now, queue="q", is_open=False))
    rig.pass_time(36_000)
    assert rig.get("back").state is InteractionState.SCHEDULED
    rig.ask(c.SetOpening(at=rig.now, queue="q", is_open=True))
    rig.pass_time(0)
    assert rig.offered_to("back") == "ann"
    assert len(rig.happened(e.CallbackScheduled)) == 1


def test_a_second_promise_replaces_the_first_and_has_its_place() -> None:
    rig = floor(agent("ann"))
    began, call = rig.now, comes(rig)
    rig.ask(c.SetPresence(at=rig.now, agent="ann", presence=Presence.BREAK))
    promise(rig, call)
    rig.ask(c.CloseInteraction(at=rig.now, interaction=call))
    rig.now += 60
    about = {"channel": "webchat", "medium": Medium.TEXT, "leg": "l", "flow": "main"}
    rig.ask(c.OpenInteraction(at=rig.now, interaction="chat", contact="c-" + call, **about))
    ask = c.RequestCallback(at=rig.now, interaction="again", parent="chat", address="138", queue="q")
    rig.ask(ask)
    assert rig.world.interaction("back") is None and rig.happened(e.InteractionClosed)[-1].cause == "asked-again"
    assert rig.get("again").queued_at == began
    rig.ask(c.RequestCallback(at=rig.now, interaction="other", parent="chat", address="139", queue="q"))
    assert rig.world.interaction("again") is not None, "another number is another promise"


def test_a_chat_whose_agent_is_gone_goes_to_the_colleague_who_is_in_it() -> None:
    rig = Rig([agent("ann"), agent("bob"), agent("cid")], [PLAIN, NEXT])
    rig.at_work("ann")
    chat = comes(rig, Medium.TEXT)
    rig.accept(chat)
    rig.at_work("cid")
    rig.now += 5
    rig.at_work("bob")
    rig.ask(c.InviteParticipant(at=rig.now, interaction=chat, agent="ann", target="bob"))
    rig.ask(c.SetPresence(at=rig.now, agent="ann", presence=Presence.OFFLINE, reason="gone"))
    rig.ask(c.RescindOffer(at=rig.now, offer=rig.offer(chat).id, reason=c.AGENT_GONE))
    assert rig.get(chat).guests == () and rig.offered_to(chat) == "bob"
