"""The agent who is asked first: whether waiting for them is of any use, and that it ends when it is not any more.

A contact is held for the agent they talked with last, for one by name, for the colleague they are handed to, or for who
promised to call back. Not here: how long (``Queue.sticky_s``), the line of one who is held (``requirements.line_of``).
"""

from __future__ import annotations

from ..capacity import phone_hindrance
from ..events import Event, HoldEnded, NextPresenceSet, PresenceChanged
from ..model import Interaction, Medium, Presence, Queue
from ..routing import strategy
from ..skills import failing
from ..world import World, evolve_all

LEAVING = (PresenceChanged, NextPresenceSet)  # not phones: all are away for a moment when a daemon starts


def held_until(world: World, one: Interaction, queue: Queue, at: float, *, hold_s: float | None) -> float | None:
    """Until when ``one`` (as it stands in line) is kept for whom it wants. ``hold_s``: by name; else the strategy."""
    is_asked_for = hold_s is not None or strategy(queue.strategy).holds
    wait_s = queue.sticky_s if hold_s is None else hold_s
    is_of_use = is_asked_for and wait_s > 0 and can_come(world, one)
    return at + wait_s if is_of_use else None


def can_come(world: World, one: Interaction) -> bool:
    """Whether the wanted agent could take it, once they have room: there, able, with a place for it and a phone."""
    agent = world.agent(one.wanted)
    if agent is None or not is_there(world, agent.id):
        return False
    slot = world.settings.slot(one.channel, one.medium)
    if agent.capacity.get(slot, 0) < 1 or failing(agent, world.requirements.of_interaction(one)):
        return False
    return slot != Medium.VOICE or phone_hindrance(agent, world.settings.rules) in ("", "phone-testing")


def is_there(world: World, name: str) -> bool:
    """Whether the agent goes on taking work."""
    agent = world.agent(name)
    return agent is not None and agent.presence is Presence.AVAILABLE and agent.next_presence is None


def holds_in_vain(world: World, events: list[Event]) -> list[Event]:
    """The holds for agents who cannot come any more because of these events: anybody may be asked."""
    left = {event.agent: event.at for event in events if isinstance(event, LEAVING)}
    if not left:
        return []
    after = evolve_all(world, events)
    return [
        HoldEnded(at=left[one.wanted], interaction=one.id)
        for one in after.lines.held_for(set(left), after.interactions)
        if not is_there(after, one.wanted)
    ]
