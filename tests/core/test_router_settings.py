"""What a queue and an agent may be told: relaxing skills, languages, head starts, who is waited for, ring all."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from router_rig import Rig, agent

from eslapp.core import commands as c
from eslapp.core import events as e
from eslapp.core.model import Agent, HeadStart, InteractionState, Medium, Presence, Queue, Relax


def at_work(queue: Queue, *agents: Agent) -> Rig:
    rig = Rig(agents, [queue])
    for one in agents:
        rig.at_work(one.id)
        rig.now += 1
    return rig


def test_required_skills_relax_by_steps() -> None:
    relax = (Relax(30.0, {"orders": 1}), Relax(60.0, {"orders": 0}))
    rig = at_work(Queue("q", skills={"orders": 3}, relax=relax, ring_s=600), agent("ann", orders=1), agent("bob"))
    first, second = rig.arrive("q"), rig.arrive("q")
    rig.pass_time(29)
    assert rig.offered_to(first) == ""
    rig.pass_time(1)
    assert (rig.offered_to(first), rig.offered_to(second)) == ("ann", "")
    rig.pass_time(30)
    assert rig.offered_to(second) == "bob"
    assert rig.happened(e.DecisionMade)[-1].receipt.step == 2


def test_preferred_skills_are_waited_for_and_then_only_preferred() -> None:
    queue = Queue("q", prefers={"english": 2}, ring_s=600)
    rig = at_work(queue, agent("ann"), agent("bob", english=1))
    call = rig.arrive("q")
    rig.pass_time(29.0)
    assert rig.offered_to(call) == ""
    rig.pass_time(2.0)
    assert rig.offered_to(call) == "ann"
    rig = at_work(queue, agent("ann"), agent("bob", english=2))
    assert rig.offered_to(rig.arrive("q")) == "bob"


def speaking(name: str, *languages: str) -> Agent:
    return replace(agent(name), languages=languages)


def test_a_language_is_required_until_it_relaxes_or_only_preferred() -> None:
    def english(rig: Rig, language: str = "en") -> str:
        name = rig._names()
        rig.opened(name)
        rig.ask(c.EnqueueInteraction(at=rig.now, interaction=name, queue="q", language=language))
        return name

    strict = Queue("q", language="require", relax=(Relax(45.0, any_language=True),), ring_s=600)
    rig = at_work(strict, speaking("ann", "zh"))
    call = english(rig, "zh")
    assert rig.offered_to(call) == "ann"
    rig = at_work(strict, speaking("ann", "zh"), speaking("bob", "en"))
    rig.ask(c.SetPresence(at=rig.now, agent="bob", presence=Presence.BREAK))
    call = english(rig)
    assert rig.offered_to(call) == ""
    assert "language:en" in rig.happened(e.DecisionMade)[-1].receipt.lost
    rig.pass_time(45.0)
    assert rig.offered_to(call) == "ann"
    rig = at_work(strict, speaking("ann", "zh"))
    assert rig.offered_to(english(rig, "fr")) == "ann"  # nobody speaks it: then anybody
    rig = at_work(replace(strict, language="prefer"), speaking("ann", "zh"), speaking("bob", "en"))
    assert rig.offered_to(english(rig)) == "bob"


def test_a_higher_priority_betters_the_place_of_who_waits_already() -> None:
    queue = Queue("q", head_start=HeadStart(priority_s=60.0, urgencies={"high": 30.0}))
    rig = Rig([agent("ann")], [queue])
    first, second = rig.arrive("q"), rig.arrive("q")
    asking = {"interaction": second, "queue": "q"}
    rig.now += 10
    assert rig.ask(c.EnqueueInteraction(at=rig.now, priority=0, **asking)) == []
    rig.ask(c.EnqueueInteraction(at=rig.now, priority=1, **asking))
    assert [rig.world.position(one) for one in (second, first)] == [1, 2]
    assert (rig.get(second).priority, rig.get(second).queued_at) == (1, 1000.0)
    rig.ask(c.EnqueueInteraction(at=rig.now, urgency="high", **asking))
    assert (rig.get(second).head_start_s, rig.get(second).urgency, rig.get(second).priority) == (90.0, "high", 1)
    assert rig.ask(c.EnqueueInteraction(at=rig.now, priority=0, **asking)) == []  # nothing is taken away
    rig.at_work("ann")
    assert rig.offered_to(second) == "ann"


def test_who_leaves_by_a_key_and_comes_back_more_urgent_keeps_the_clock() -> None:
    rig = Rig([agent("ann")], [Queue("q", head_start=HeadStart(priority_s=60.0))])
    first, second = rig.arrive("q"), rig.arrive("q")
    rig.ask(c.LeaveQueue(at=rig.now, interaction=second, reason="key 9"))
    rig.now += 30
    rig.ask(c.EnqueueInteraction(at=rig.now, interaction=second, queue="q", priority=9))
    assert [rig.world.position(one) for one in (second, first)] == [1, 2]
    assert rig.get(second).queued_at == 1000.0


@pytest.mark.parametrize("how", ["overflow", "transfer"])
def test_who_comes_from_another_queue_has_the_head_start_of_this_one(how: str) -> None:
    """Otherwise the bound that is told of this queue would not hold."""
    vips = HeadStart(levels={"vip": 90_000.0})
    given = Queue("q", head_start=vips, longest_wait_s=10.0, overflow={"timeout:voice": "queue r"}, wrap_up_s=0)
    rig = Rig([agent("ann", 0)], [given, Queue("r")])
    name = rig._names()
    rig.opened(name)
    rig.ask(c.EnqueueInteraction(at=rig.now, interaction=name, queue="q", level="vip"))
    if how == "transfer":
        rig.at_work("ann")
        rig.connect(name)
        rig.ask(c.SetPresence(at=rig.now, agent="ann", presence=Presence.BREAK))
        sent = c.TransferInteraction(at=rig.now, interaction=name, agent="ann", kind="queue", target="r")
        rig.ask(sent)
    else:
        rig.pass_time(10.0)
    assert (rig.get(name).queue, rig.get(name).head_start_s, rig.get(name).queued_at) == ("r", 0.0, 1000.0)


def wanted(rig: Rig, name: str = "bob", **more: Any) -> str:
    """A contact who talked with them last."""
    call = rig._names()
    about = {"contact": "c", "channel": "voice", "medium": Medium.VOICE, "leg": "l", "flow": "m"}
    rig.ask(c.OpenInteraction(at=rig.now, interaction=call, wanted=name, **about))
    rig.ask(c.EnqueueInteraction(at=rig.now, interaction=call, queue="q", **more))
    return call


def test_the_last_agent_is_waited_for_a_while() -> None:
    queue = Queue("q", strategy="sticky", sticky_s=20.0, ring_s=600, wrap_up_s=0)
    rig = at_work(queue, agent("ann"), agent("bob"))
    assert rig.offered_to(wanted(rig)) == "bob"  # though ann is idle longer
    second = wanted(rig)
    assert rig.offered_to(second) == ""
    assert rig.happened(e.DecisionMade)[-1].receipt.lost == {"not-wanted": ("ann",), "ringing": ("bob",)}
    rig.pass_time(20.0)
    assert rig.offered_to(second) == "ann"


def test_who_is_not_there_is_not_waited_for() -> None:
    rig = at_work(Queue("q", strategy="sticky", ring_s=600), agent("ann"), agent("bob"))
    rig.ask(c.SetPresence(at=rig.now, agent="bob", presence=Presence.OFFLINE))
    assert rig.offered_to(wanted(rig)) == "ann"


def test_an_agent_by_name_is_waited_for_with_any_strategy() -> None:
    rig = at_work(Queue("q", ring_s=600), agent("ann"), agent("bob"))
    rig.arrive("q")  # ann
    rig.arrive("q")  # bob
    call = wanted(rig, "", wanted="ann", hold_s=20.0)
    assert rig.get(call).held_until == rig.now + 20.0
    bobs = rig.world.held["bob"][0]
    rig.ask(c.DeclineOffer(at=rig.now, offer=bobs, agent="bob"))
    assert rig.offered_to(call) == ""


def test_all_are_asked_and_the_first_to_accept_has_it() -> None:
    queue = Queue("q", strategy="ring_all", ring_s=20)
    rig = at_work(queue, agent("ann"), agent("bob"), agent("cid"))
    call = rig.arrive("q", Medium.TEXT)
    receipt = rig.happened(e.DecisionMade)[-1].receipt
    assert receipt.asked == ("ann", "bob", "cid")
    offers = {rig.world.offers[name].agent: name for name in rig.world.ringing(call)}
    rig.ask(c.DeclineOffer(at=rig.now, offer=offers["ann"], agent="ann"))
    assert rig.get(call).state is InteractionState.OFFERED
    rig.ask(c.AcceptOffer(at=rig.now, offer=offers["cid"], agent="cid"))
    assert (rig.get(call).state, rig.get(call).agent) == (InteractionState.CONNECTED, "cid")
    assert isinstance(rig.only(c.AcceptOffer(at=rig.now, offer=offers["bob"], agent="bob")), c.Refused)
    assert [event.reason for event in rig.happened(e.OfferRescinded)] == ["taken"]


def test_nobody_is_put_off_where_all_were_asked_and_the_place_is_kept() -> None:
    rig = at_work(Queue("q", strategy="ring_all", ring_s=20), agent("ann"), agent("bob"))
    call = rig.arrive("q")
    came = rig.now
    rig.pass_time(20.0)
    assert [one.presence for one in rig.world.agents.values()] == [Presence.AVAILABLE] * 2
    assert rig.get(call).queued_at == came
    assert len(rig.world.ringing(call)) == 2  # asked again
    rig.ask(c.CloseInteraction(at=rig.now, interaction=call))
    assert not len(rig.world.offers)


def test_three_chats_and_an_email() -> None:
    ann = replace(agent("ann"), capacity={"voice": 1, "text": 3, "email": 1})
    rig = at_work(Queue("q", ring_s=600), ann)
    names = []
    for channel in ("webchat", "email", "email", "webchat", "webchat", "webchat"):
        name = rig._names()
        names.append(name)
        about = {"contact": name, "medium": Medium.TEXT, "leg": name, "flow": "m"}
        rig.ask(c.OpenInteraction(at=rig.now, interaction=name, channel=channel, **about))
        rig.ask(c.EnqueueInteraction(at=rig.now, interaction=name, queue="q"))
    assert [bool(rig.offered_to(name)) for name in names] == [True, True, False, True, True, False]


def test_texts_may_be_taken_without_asking() -> None:
    rig = at_work(Queue("q"), replace(agent("ann"), auto_accept=("text",)))
    chat = rig.arrive("q", Medium.TEXT)
    assert (rig.get(chat).state, rig.get(chat).agent) == (InteractionState.CONNECTED, "ann")
    assert rig.get(rig.arrive("q")).state is InteractionState.OFFERED


def test_the_next_presence_is_taken_when_the_work_is_done() -> None:
    rig = at_work(Queue("q", wrap_up_s=30), agent("ann"))
    call = rig.arrive("q")
    rig.connect(call)
    rig.ask(c.SetPresence(at=rig.now, agent="ann", presence=Presence.BREAK, reason="lunch", after_work=True))
    ann = rig.world.agents["ann"]
    assert (ann.presence, ann.next_presence, ann.next_reason) == (Presence.AVAILABLE, Presence.BREAK, "lunch")
    chat = rig.arrive("q", Medium.TEXT)
    rig.end(call)
    assert rig.world.agents["ann"].presence is Presence.AVAILABLE
    rig.pass_time(30.0)
    ann = rig.world.agents["ann"]
    assert (ann.presence, ann.reason, ann.next_presence) == (Presence.BREAK, "lunch", None)
    assert rig.offered_to(chat) == ""


def test_more_time_for_the_wrap_up_has_a_limit() -> None:
    rig = at_work(Queue("q", wrap_up_s=30, wrap_up_more_s=50), agent("ann"))
    call = rig.arrive("q")
    rig.connect(call)
    rig.end(call)
    more = c.ExtendWrapUp(at=rig.now, interaction=call, agent="ann", seconds=40)
    ended = rig.now
    rig.ask(more)
    assert rig.get(call).wrap_up_until == ended + 70
    rig.ask(more)
    assert rig.get(call).wrap_up_until == ended + 80
    assert rig.only(more) == c.Refused("wrap-up-limit", "50 s")
    rig.pass_time(79)
    assert rig.get(call).state is InteractionState.WRAP_UP
    rig.pass_time(1)
    assert rig.world.interaction(call) is None


def test_a_contact_may_need_more_than_the_queue_asks_for() -> None:
    rig = at_work(Queue("q", skills={"orders": 1}, ring_s=600), agent("ann", orders=1), agent("bob", orders=1, vip=2))
    call = wanted(rig, "", skills={"vip": 2})
    assert rig.offered_to(call) == "bob"
    second = wanted(rig, "", skills={"vip": 3})
    assert rig.offered_to(second) == ""
    assert set(rig.happened(e.DecisionMade)[-1].receipt.lost) == {"level:vip", "skill:vip"}
    assert rig.offered_to(rig.arrive("q")) == "ann"
