"""What must be true of every world at rest, each checked the slow and obvious way."""

from __future__ import annotations

from math import floor, inf

from eslapp.core.capacity import hindrance
from eslapp.core.events import Event, OfferMade
from eslapp.core.model import Agent, Interaction, InteractionState, Medium, OfferState, Presence
from eslapp.core.skills import failing
from eslapp.core.waiting import overtaking_s
from eslapp.core.world import World, build

HELD = (
    InteractionState.OFFERED,
    InteractionState.CONNECTING,
    InteractionState.CONNECTED,
    InteractionState.WRAP_UP,
)


def check(world: World, now: float) -> None:
    """All of them."""
    every_offer_is_for_one_and_every_one_has_an_offer(world)
    capacity_is_never_exceeded(world)
    lines_hold_exactly_who_waits_in_order(world)
    everybody_has_their_head_start(world)
    nobody_waits_beside_a_free_able_agent(world, now)
    wishes_wait_for_work_only(world)
    nobody_waits_for_who_is_away(world)
    nobody_stands_by_a_window_that_is_over(world, now)
    callbacks_wait_for_the_opening(world)
    indexes_equal_a_world_built_from_the_records(world)


def no_interaction_is_with_two(world: World) -> None:
    """After every single event."""
    taken = [offer.interaction for offer in world.offers.values() if offer.state is OfferState.ACCEPTED]
    assert len(taken) == len(set(taken)), "two agents with one interaction"
    asked = [(offer.interaction, offer.agent) for offer in world.offers.values()]
    assert len(asked) == len(set(asked)), "one agent was asked twice"


def every_offer_is_for_one_and_every_one_has_an_offer(world: World) -> None:
    no_interaction_is_with_two(world)
    interactions = {offer.interaction for offer in world.offers.values()}
    held = {record.id for record in world.interactions.values() if record.state in HELD}
    assert held == interactions, "an agent is held for nothing, or somebody is served without an offer"
    for record in world.interactions.values():
        if record.state in HELD:
            offer = world.offers[record.offer]
            ringing = {one.id for one in world.offers.values() if one.interaction == record.id}
            assert set(world.ringing(record.id)) == (ringing if record.state is InteractionState.OFFERED else set())
            is_ringing = record.state is InteractionState.OFFERED
            assert offer.state is (OfferState.PENDING if is_ringing else OfferState.ACCEPTED)
            assert record.agent == ("" if is_ringing else offer.agent)
        else:
            assert not record.offer and not record.agent


def guests_are_in_one_talk(world: World) -> None:
    """After every single event. Participants of chats may be in many."""
    guests = [(guest, one) for one in world.interactions.values() for guest in one.guests]
    called = [guest.who for guest, _ in guests if guest.kind in ("agent", "supervisor")]
    assert len(called) == len(set(called)), "one agent is a guest of two calls"
    for guest, one in guests:
        assert one.state is InteractionState.CONNECTED, f"a guest of {one.id}, which is {one.state}"
        assert guest.who != one.agent, f"{guest.who} is a guest of their own talk"


def capacity_is_never_exceeded(world: World) -> None:
    for agent in world.agents.values():
        live = [offer for offer in world.offers.values() if offer.agent == agent.id]
        calls = [offer for offer in live if offer.medium is Medium.VOICE]
        assert len(calls) <= 1, f"{agent.id} has two calls"
        offered = [offer for offer in calls if offer.expires_at > offer.offered_at]  # the others were handed over
        assert len(offered) <= agent.capacity[Medium.VOICE]
        slots = [world.settings.slot(world.interactions[one.interaction].channel, one.medium) for one in live]
        for slot in set(slots) - {"voice"}:
            assert slots.count(slot) <= agent.capacity.get(slot, 0)


def place(one: Interaction) -> tuple[float, float, float, str]:
    """The slow and obvious order: who came first, head starts counting like time, windows from their last hour on."""
    came = clock(one)
    until = one.reply_by if one.reply_by is not None and one.reply_by > came else inf
    return (floor(min(came - one.head_start_s, until - 3600)), until, came, one.id)


def everybody_has_their_head_start(world: World) -> None:
    """At least what the queue gives them; one that was taken over with a callback's place may be greater."""
    for one in world.interactions.values():
        if one.state in (InteractionState.QUEUED, InteractionState.OFFERED):
            given = world.settings.queue(one.queue).head_start
            named = (given.levels, one.level), (given.urgencies, one.urgency), (given.channels, one.channel)
            own_s = one.priority * given.priority_s + sum(part.get(name, 0.0) for part, name in named)
            assert one.head_start_s >= own_s, f"{one.id} counts as {one.head_start_s} s, not {own_s} s"


def lines_hold_exactly_who_waits_in_order(world: World) -> None:
    waiting = [record for record in world.interactions.values() if record.state is InteractionState.QUEUED]
    for queue in {record.queue for record in waiting} | set(world.settings.queues):
        mine = sorted((record for record in waiting if record.queue == queue), key=place)
        assert world.lines.waiting(queue) == len(mine)
        assert [world.position(record.id) for record in mine] == list(range(1, len(mine) + 1))


def can_take(world: World, agent: Agent, record: Interaction, now: float) -> bool:
    """The slow and obvious rule."""
    is_of_the_night = record.medium is Medium.TEXT and record.here_since is None and record.connected_at is None
    if is_of_the_night and record.queue in world.closed:
        return False
    rules, slot = world.settings.rules, world.settings.slot(record.channel, record.medium)
    rest = world.cool_downs.get((record.id, agent.id), None)
    if record.held_until is not None and agent.id != record.wanted:
        return False
    if failing(agent, world.requirements.of_interaction(record)) or (rest is not None and rest.until > now):
        return False
    return not hindrance(agent, world.load(agent.id), slot, rules)


def nobody_waits_beside_a_free_able_agent(world: World, now: float) -> None:
    for record in world.interactions.values():
        if record.state is InteractionState.QUEUED:
            able = [agent.id for agent in world.agents.values() if can_take(world, agent, record, now)]
            assert not able, f"{record.id} waits in {record.queue} while {able} could take it"


def nobody_earlier_was_passed_over(world: World, event: Event, now: float) -> None:
    """``world``: right before the offer was made."""
    if isinstance(event, OfferMade):
        chosen, agent = world.interactions[event.offer.interaction], world.agents[event.offer.agent]
        assert can_take(world, agent, chosen, now)
        is_further = chosen.state is InteractionState.OFFERED  # one more agent is asked at once
        bound_s = overtaking_s(world.settings.queue(chosen.queue))
        for other in () if is_further else world.interactions.values():
            if other.state is InteractionState.QUEUED:
                is_late = other.queue == chosen.queue and clock(chosen) - clock(other) > bound_s
                if is_late or place(other) < place(chosen):
                    assert not can_take(world, agent, other, now), f"{other.id} was before {chosen.id}"


def clock(one: Interaction) -> float:
    return one.queued_at if one.queued_at is not None else one.opened_at


def nobody_stands_by_a_window_that_is_over(world: World, now: float) -> None:
    for record in world.interactions.values():
        if record.state is InteractionState.QUEUED and record.reply_by is not None:
            assert record.reply_by >= now, f"the time to answer {record.id} is over"


def wishes_wait_for_work_only(world: World) -> None:
    for agent in world.agents.values():
        assert agent.next_presence is None or world.load(agent.id).live, f"{agent.id} never gets {agent.next_presence}"


def nobody_waits_for_who_is_away(world: World) -> None:
    for record in world.interactions.values():
        if record.state is InteractionState.QUEUED and record.held_until is not None:
            wanted = world.agents[record.wanted]
            is_there = wanted.presence is Presence.AVAILABLE and wanted.next_presence is None
            assert is_there, f"{record.id} waits for {record.wanted}"


def callbacks_wait_for_the_opening(world: World) -> None:
    timed = {subject for (_, kind, subject), _ in world.deadlines.by_instant.items() if kind == "callback"}
    for record in world.interactions.values():
        if record.state is InteractionState.SCHEDULED:
            is_kept = record.queue in world.closed and record.held_until is None
            assert (record.id in timed) is not is_kept, f"{record.id} is rung in the night, or never"


def indexes_equal_a_world_built_from_the_records(world: World) -> None:
    fresh = build(
        world.settings,
        agents=world.agents.values(),
        interactions=world.interactions.values(),
        offers=world.offers.values(),
    ).with_closed(world.closed)
    assert fresh.lines == world.lines
    assert {agent: set(held) for agent, held in fresh.held.items()} == {
        agent: set(held) for agent, held in world.held.items() if held
    }
    assert {key: seats for key, seats in fresh.pool.benches.items() if seats} == {
        key: seats for key, seats in world.pool.benches.items() if seats and key[1] in fresh.requirements.lacking
    }
    assert fresh.rings == world.rings and fresh.callbacks == world.callbacks
    timed = [key for key, _ in world.deadlines.by_instant.items() if key[1] != "cool_down"]
    assert [key for key, _ in fresh.deadlines.by_instant.items()] == timed
