"""Presence and phone of agents."""

from __future__ import annotations

from ..capacity import can_be_rung
from ..commands import EndPhoneTest, Refused, SetPhone, SetPresence, TestPhone
from ..events import (
    ConsultEnded,
    Event,
    InteractionTransferred,
    NextPresenceSet,
    OfferDeclined,
    OfferExpired,
    OfferRescinded,
    PhoneChanged,
    PhoneTested,
    PhoneTestStarted,
    PresenceChanged,
    SupervisionEnded,
    TalkEnded,
    TalkHandedOver,
    ThreeWayEnded,
    WrapUpEnded,
)
from ..ids import IdSource
from ..model import PhoneTest, Presence
from ..world import World, evolve, evolve_all
from .offers import withdraw_pending


def set_presence(world: World, command: SetPresence, ids: IdSource) -> list[Event] | Refused:
    """What the agent says of themselves. Going away takes back what rings; talks go on."""
    agent = world.agent(command.agent)
    if agent is None:
        return Refused("unknown-agent", command.agent)
    if command.presence is Presence.RNA:
        return Refused("presence-not-settable", command.presence.value)
    if command.after_work and world.load(agent.id).live:
        if (agent.next_presence, agent.next_reason) == (command.presence, command.reason):
            return []
        wish = NextPresenceSet(at=command.at, agent=agent.id, presence=command.presence, reason=command.reason)
        return [wish, *withdraw_pending(evolve(world, wish), agent.id, command.at, "agent-leaving", ids)]
    if (agent.presence, agent.reason, agent.next_presence) == (command.presence, command.reason, None):
        return []
    changed = PresenceChanged(at=command.at, agent=agent.id, presence=command.presence, reason=command.reason)
    if command.presence is Presence.AVAILABLE:
        return [changed]
    return [changed, *withdraw_pending(evolve(world, changed), agent.id, command.at, "agent-left", ids)]


def whose_work_is_done(world: World, events: list[Event]) -> list[Event]:
    """Agents who wanted another presence when their work is done, and whose last work these events end."""
    freed = {name: event.at for event in events if isinstance(event, ENDS) for name in _freed(world, event)}
    wished = {event.agent for event in events if isinstance(event, NextPresenceSet)}
    freed = {
        name: at for name, at in freed.items() if name in wished or ((one := world.agent(name)) and one.next_presence)
    }
    if not freed:
        return []
    after = evolve_all(world, events)
    leaving = [(after.agents[name], at) for name, at in freed.items() if not after.load(name).live]
    return [
        PresenceChanged(at=at, agent=agent.id, presence=agent.next_presence, reason=agent.next_reason)
        for agent, at in leaving
        if agent.next_presence is not None
    ]


def _freed(world: World, event: Event) -> set[str]:
    """Whose work the event may end: its agent's, its guest's, and that of all who were guests of the talk."""
    one = world.interaction(getattr(event, "interaction", ""))
    guests = {guest.who for guest in one.guests} if one is not None else set()
    named = {getattr(event, "agent", ""), getattr(event, "who", "")}
    return {name for name in named | guests if world.agent(name) is not None}


def set_phone(world: World, command: SetPhone, ids: IdSource) -> list[Event] | Refused:
    """The switch says whether the agent's phone is registered."""
    agent = world.agent(command.agent)
    if agent is None:
        return Refused("unknown-agent", command.agent)
    is_same_place = command.contact in ("", agent.phone_contact)
    if agent.phone_registered == command.registered and is_same_place:
        return []
    return [PhoneChanged(at=command.at, agent=agent.id, registered=command.registered, contact=command.contact)]


def test_phone(world: World, command: TestPhone, ids: IdSource) -> list[Event] | Refused:
    """One at a time, on a phone that is there and not in use."""
    agent = world.agent(command.agent)
    if agent is None:
        return Refused("unknown-agent", command.agent)
    if not can_be_rung(agent, world.settings.rules):
        return Refused("own-phone-unregistered", agent.id)
    if agent.phone_test is PhoneTest.RUNNING:
        return Refused("phone-testing", agent.id)
    if world.load(agent.id).call:
        return Refused("on-a-call", agent.id)
    return [PhoneTestStarted(at=command.at, agent=agent.id, test=ids())]


def end_phone_test(world: World, command: EndPhoneTest, ids: IdSource) -> list[Event] | Refused:
    """Told twice, or the phone is another one by now: nothing changes."""
    agent = world.agent(command.agent)
    if agent is None or agent.phone_test is not PhoneTest.RUNNING:
        return []
    return [PhoneTested(at=command.at, agent=agent.id, result=command.result)]


ENDS = (
    TalkEnded,
    WrapUpEnded,
    OfferDeclined,
    OfferExpired,
    OfferRescinded,
    InteractionTransferred,
    TalkHandedOver,
    ConsultEnded,
    ThreeWayEnded,
    SupervisionEnded,
)
