"""Presence and phone of agents."""

from __future__ import annotations

from ..commands import Refused, SetPhone, SetPresence
from ..events import Event, PhoneChanged, PresenceChanged
from ..ids import IdSource
from ..model import Presence
from ..world import World, evolve
from .offers import withdraw_pending


def set_presence(world: World, command: SetPresence, ids: IdSource) -> list[Event] | Refused:
    """What the agent says of themselves. Going away takes back what rings; talks go on."""
    agent = world.agent(command.agent)
    if agent is None:
        return Refused("unknown-agent", command.agent)
    if command.presence is Presence.RNA:
        return Refused("presence-not-settable", command.presence.value)
    if (agent.presence, agent.reason) == (command.presence, command.reason):
        return []
    changed = PresenceChanged(at=command.at, agent=agent.id, presence=command.presence, reason=command.reason)
    if command.presence is Presence.AVAILABLE:
        return [changed]
    return [changed, *withdraw_pending(evolve(world, changed), agent.id, command.at, "agent-left", ids)]


def set_phone(world: World, command: SetPhone, ids: IdSource) -> list[Event] | Refused:
    """The switch says whether the agent's phone is registered."""
    agent = world.agent(command.agent)
    if agent is None:
        return Refused("unknown-agent", command.agent)
    if agent.phone_registered == command.registered:
        return []
    return [PhoneChanged(at=command.at, agent=agent.id, registered=command.registered)]
