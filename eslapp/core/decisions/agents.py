"""Presence and phone of agents."""

from __future__ import annotations

from ..commands import Refused, SetPhone, SetPresence
from ..events import (
    Event,
    NextPresenceSet,
    OfferDeclined,
    OfferExpired,
    OfferRescinded,
    PhoneChanged,
    PresenceChanged,
    TalkEnded,
    WrapUpEnded,
)
from ..ids import IdSource
from ..model import Presence
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
    leaving = {event.agent: event.at for event in events if isinstance(event, ENDS)}
    wishes = [(agent, at) for name, at in leaving.items() if (agent := world.agent(name)) and agent.next_presence]
    if not wishes:
        return []
    after = evolve_all(world, events)
    return [
        PresenceChanged(at=at, agent=agent.id, presence=agent.next_presence, reason=agent.next_reason)
        for agent, at in wishes
        if agent.next_presence is not None and not after.load(agent.id).live
    ]


def set_phone(world: World, command: SetPhone, ids: IdSource) -> list[Event] | Refused:
    """The switch says whether the agent's phone is registered."""
    agent = world.agent(command.agent)
    if agent is None:
        return Refused("unknown-agent", command.agent)
    if agent.phone_registered == command.registered:
        return []
    return [PhoneChanged(at=command.at, agent=agent.id, registered=command.registered)]


ENDS = (TalkEnded, WrapUpEnded, OfferDeclined, OfferExpired, OfferRescinded)
