"""Colleagues in a text conversation: asked into it, out of it again. Not here: calls (``consulting``)."""

from __future__ import annotations

from ..commands import InviteParticipant, LeaveConversation, Refused
from ..events import Event, ParticipantJoined, ParticipantLeft
from ..ids import IdSource
from ..model import Guest, Medium, Presence
from ..world import World
from .handing import own_talk

PARTICIPANT = "participant"


def invite(world: World, command: InviteParticipant, ids: IdSource) -> list[Event] | Refused:
    """Asked twice: nothing changes."""
    one = own_talk(world, command.interaction, command.agent)
    if isinstance(one, Refused):
        return one
    if one.medium is not Medium.TEXT:
        return Refused("not-a-text", one.id)
    colleague = world.agent(command.target)
    if colleague is None:
        return Refused("unknown-agent", command.target)
    if colleague.presence is Presence.OFFLINE:
        return Refused("agent-not-available", colleague.id)
    if colleague.id in one.writers:
        return []
    guest = Guest(ids(), colleague.id, PARTICIPANT)
    return [ParticipantJoined(at=command.at, interaction=one.id, agent=one.agent, guest=guest)]


def leave(world: World, command: LeaveConversation, ids: IdSource) -> list[Event] | Refused:
    """Left already: nothing changes."""
    one = world.interaction(command.interaction)
    there = [
        guest for guest in (one.guests if one else ()) if (guest.who, guest.kind) == (command.participant, PARTICIPANT)
    ]
    return [
        ParticipantLeft(at=command.at, interaction=command.interaction, guest=guest.id, who=guest.who)
        for guest in there
    ]
