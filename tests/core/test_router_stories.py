"""What must happen in the situations of a day, one story each."""

from __future__ import annotations

from router_rig import ANYBODY, ORDERS, REPAIRS, Rig, agent

from eslapp.core import commands as c
from eslapp.core import events as e
from eslapp.core.model import InteractionState, Medium, Presence, Queue
from eslapp.core.settings import Rules


def two_agents(**rules: bool) -> Rig:
    return Rig([agent("ann", orders=1, repairs=1), agent("bob", orders=1, repairs=3)], rules=Rules(**rules))


def test_the_longest_idle_agent_is_asked_and_the_receipt_says_so() -> None:
    rig = two_agents()
    rig.at_work("bob")
    rig.now += 10
    rig.at_work("ann")
    rig.now += 5
    call = rig.arrive()
    assert rig.offered_to(call) == "bob"
    receipt = rig.happened(e.DecisionMade)[-1].receipt
    assert (receipt.winner, receipt.candidates) == ("bob", (("bob", 15.0), ("ann", 5.0)))
    assert [(loser.agent, loser.reason) for loser in receipt.losers] == [("ann", "later-idle")]
    assert (receipt.position, receipt.waiting, receipt.revision) == (1, 1, "r1")


def test_a_queue_with_nobody_tells_why_of_each() -> None:
    rig = Rig([agent("ann", orders=1), agent("bob", orders=1), agent("cid")])
    rig.at_work("ann")
    rig.ask(c.SetPhone(at=rig.now, agent="ann", registered=False))
    rig.arrive()
    receipt = rig.happened(e.DecisionMade)[-1].receipt
    assert receipt.winner == ""
    assert {loser.agent: loser.reason for loser in receipt.losers} == {
        "ann": "phone-unregistered",
        "bob": "presence:offline",
        "cid": "skill:orders",
    }


def test_rung_out_puts_the_agent_off_until_they_say_so_and_keeps_the_place() -> None:
    rig = two_agents()
    rig.at_work("ann")
    first = rig.arrive()
    rig.now += 1
    second = rig.arrive()
    clock = rig.get(first).queued_at
    rig.pass_time(ORDERS.ring_s)
    assert rig.world.agents["ann"].presence is Presence.RNA
    assert (rig.get(first).queued_at, rig.world.position(first), rig.world.position(second)) == (clock, 1, 2)
    rig.pass_time(3600)
    assert len(rig.happened(e.OfferMade)) == 1
    rig.ask(c.SetPresence(at=rig.now, agent="ann", presence=Presence.AVAILABLE))
    assert rig.offered_to(first) == "ann"
    requeued = [event for event in rig.happened(e.InteractionQueued) if event.requeue]
    assert [(event.interaction, event.queued_at) for event in requeued] == [(first, clock)]


def test_rung_out_goes_to_the_next_agent_at_once() -> None:
    rig = two_agents()
    rig.at_work("ann", "bob")
    call = rig.arrive()
    assert rig.offered_to(call) == "ann"
    rig.pass_time(ORDERS.ring_s)
    assert rig.offered_to(call) == "bob"


def test_a_leg_that_fails_after_accept_blames_nobody() -> None:
    rig = two_agents()
    rig.at_work("ann")
    first = rig.arrive()
    rig.now += 1
    second = rig.arrive()
    rig.accept(first)
    assert rig.get(first).state is InteractionState.CONNECTING
    rig.ask(c.RescindOffer(at=rig.now, offer=rig.offer(first).id, reason="leg-failed"))
    assert rig.world.agents["ann"].presence is Presence.AVAILABLE
    assert rig.offered_to(first) == "ann" and rig.world.position(second) == 1  # the old place: asked again first


def test_an_accepted_offer_that_is_never_joined_is_taken_back() -> None:
    rig = two_agents()
    rig.at_work("ann")
    call = rig.arrive()
    rig.accept(call)
    rig.pass_time(ORDERS.ring_s + rig.settings.rules.join_s)
    rescinded = rig.happened(e.OfferRescinded)
    assert [event.reason for event in rescinded] == ["join-timeout"]
    assert rig.world.agents["ann"].presence is Presence.AVAILABLE


def test_a_decliner_is_passed_over_while_another_can_take_it() -> None:
    rig = two_agents()
    rig.at_work("ann", "bob")
    call = rig.arrive()
    assert rig.offered_to(call) == "ann"
    rig.decline(call)
    assert rig.offered_to(call) == "bob"
    receipt = rig.happened(e.DecisionMade)[-1].receipt
    assert {loser.agent: loser.reason for loser in receipt.losers} == {"ann": "declined"}
    rig.pass_time(5.0)
    rig.decline(call)  # both have declined: after the cool-down the first one is asked again
    assert rig.get(call).state is InteractionState.QUEUED
    rig.pass_time(24.9)
    assert rig.get(call).state is InteractionState.QUEUED
    rig.pass_time(0.2)
    assert rig.offered_to(call) == "ann"


def test_a_decliner_gets_the_next_one_meanwhile() -> None:
    rig = two_agents()
    rig.at_work("ann")
    first = rig.arrive()
    rig.decline(first)
    second = rig.arrive()
    assert rig.offered_to(second) == "ann" and rig.get(first).state is InteractionState.QUEUED


def test_a_rested_decliner_still_comes_after_everybody_else() -> None:
    rig = two_agents()
    rig.at_work("ann")
    call = rig.arrive()
    rig.decline(call)
    rig.ask(c.SetPresence(at=rig.now, agent="ann", presence=Presence.BREAK))
    rig.pass_time(60)
    rig.only(c.SetPresence(at=rig.now, agent="ann", presence=Presence.AVAILABLE))
    rig.only(c.SetPhone(at=rig.now, agent="bob", registered=True))
    rig.now += 100
    rig.ask(c.SetPresence(at=rig.now, agent="bob", presence=Presence.AVAILABLE))
    assert rig.offered_to(call) == "bob"


def test_going_away_takes_back_what_rings_and_blames_nobody() -> None:
    rig = two_agents()
    rig.at_work("ann")
    call = rig.arrive()
    chat = rig.arrive(medium=Medium.TEXT)
    rig.ask(c.SetPresence(at=rig.now, agent="ann", presence=Presence.BREAK, reason="lunch"))
    assert rig.get(call).state is InteractionState.QUEUED
    assert rig.world.position(call) == 1 and rig.world.position(chat) == 2
    assert rig.world.agents["ann"].presence is Presence.BREAK
    assert not rig.happened(e.OfferExpired)


def test_wrap_up_has_a_limit_and_frees_the_agent() -> None:
    rig = two_agents()
    rig.at_work("ann")
    first = rig.arrive()
    rig.connect(first)
    second = rig.arrive()
    rig.now += 90
    rig.end(first)
    assert rig.get(second).state is InteractionState.QUEUED  # in wrap-up: no call
    rig.pass_time(ORDERS.wrap_up_s - 1)
    assert rig.get(second).state is InteractionState.QUEUED
    rig.pass_time(1)
    assert rig.offered_to(second) == "ann"
    ended = rig.happened(e.WrapUpEnded)[-1]
    assert ended.timed_out and rig.world.agents["ann"].idle_since == ended.at
    assert rig.happened(e.TalkEnded)[-1].talk_s == 90.0


def test_no_wrap_up_time_closes_at_once() -> None:
    rig = Rig([agent("ann")], queues=[Queue("quick", wrap_up_s=0.0)])
    rig.at_work("ann")
    call = rig.arrive("quick")
    rig.connect(call)
    rig.end(call)
    assert rig.world.interaction(call) is None and not len(rig.world.offers)
    assert not rig.happened(e.WrapUpStarted)


def test_one_queue_for_calls_and_chats_in_one_order() -> None:
    rig = two_agents()
    names = []
    for medium in (Medium.TEXT, Medium.VOICE, Medium.TEXT):
        names.append(rig.arrive(medium=medium))
        rig.now += 1
    assert [rig.world.position(name) for name in names] == [1, 2, 3]
    rig.at_work("ann")
    assert rig.offered_to(names[0]) == "ann"  # the chat came first, rings, and so no call yet
    assert [rig.world.position(name) for name in names[1:]] == [None, None] or rig.world.position(names[1]) == 1


def test_text_offers_are_joined_at_once_and_three_fit() -> None:
    rig = two_agents()
    rig.at_work("ann")
    chats = [rig.arrive(medium=Medium.TEXT) for _ in range(4)]
    for chat in chats[:3]:
        rig.accept(chat)
        assert rig.get(chat).state is InteractionState.CONNECTED
    assert rig.get(chats[3]).state is InteractionState.QUEUED
    rig.end(chats[0])
    rig.finish(chats[0])
    assert rig.offered_to(chats[3]) == "ann"


def test_chats_wait_during_a_call_unless_the_rules_allow_it() -> None:
    for is_allowed in (False, True):
        rig = two_agents(chats_during_call=is_allowed)
        rig.at_work("ann")
        rig.connect(rig.arrive())
        chat = rig.arrive(medium=Medium.TEXT)
        assert bool(rig.offered_to(chat)) is is_allowed


def test_a_call_comes_during_chats_unless_the_rules_forbid_it() -> None:
    for is_allowed in (False, True):
        rig = two_agents(calls_during_chats=is_allowed)
        rig.at_work("ann")
        rig.accept(rig.arrive(medium=Medium.TEXT))
        call = rig.arrive()
        assert bool(rig.offered_to(call)) is is_allowed


def test_a_chat_in_wrap_up_holds_back_calls_and_not_chats() -> None:
    rig = two_agents()
    rig.at_work("ann")
    chat = rig.arrive(medium=Medium.TEXT)
    rig.accept(chat)
    rig.end(chat)
    call, other = rig.arrive(), rig.arrive(medium=Medium.TEXT)
    assert (rig.offered_to(call), rig.offered_to(other)) == ("", "ann")
    rig.accept(other)
    assert rig.offered_to(call) == ""
    rig.finish(chat)
    assert rig.offered_to(call) == "ann"


def test_another_queue_keeps_the_clock() -> None:
    rig = Rig([agent("ann", repairs=3)], queues=[ORDERS, REPAIRS, ANYBODY])
    call = rig.arrive("orders")
    clock = rig.get(call).queued_at
    rig.now += 50
    rig.ask(c.EnqueueInteraction(at=rig.now, interaction=call, queue="repairs", priority=3))
    assert (rig.get(call).queue, rig.get(call).queued_at, rig.get(call).priority) == ("repairs", clock, 3)
    rig.at_work("ann")
    rig.now += 10
    rig.connect(call)
    assert rig.happened(e.InteractionConnected)[-1].waited_s == 60.0


def test_a_slow_clock_never_gives_a_negative_time() -> None:
    rig = two_agents()
    rig.at_work("ann")
    call = rig.arrive()
    rig.now -= 3600
    rig.connect(call)
    rig.now -= 3600
    rig.end(call)
    assert rig.happened(e.InteractionConnected)[-1].waited_s == 0.0
    assert rig.happened(e.TalkEnded)[-1].talk_s == 0.0


def test_those_who_wait_in_a_deleted_queue_are_served_by_anybody() -> None:
    from eslapp.core.settings import Settings
    from eslapp.core.world import build

    rig = two_agents()
    call = rig.arrive("repairs")
    smaller = Settings.of([ORDERS], rig.settings.agents.values())
    rig.world = build(
        smaller, agents=rig.world.agents.values(), interactions=rig.world.interactions.values(), offers=()
    )
    rig.at_work("ann")
    assert rig.offered_to(call) == "ann"
