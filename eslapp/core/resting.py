"""Who rests from what, in the world: with the deadline at which they may be asked again.

Not here: which events make agents rest, and how long (``declined``).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING

from .deadlines import Kind
from .declined import Rest, Resting, Rests, rests_after

if TYPE_CHECKING:
    from .world import World


def rested_by(world: World, events: Iterable[Resting], cool_down_s: float) -> World:
    """With the rests that these events of open interactions, the oldest first, made under that house rule."""
    for event in events:
        if event.interaction in world.interactions:
            world = rested_after(world, event, cool_down_s)
    return world


def rested_as(world: World, rests: Rests) -> World:
    """With these rests from what is open."""
    for (interaction, agent), rest in rests.items():
        world = _cooling(world, interaction, agent, rest) if interaction in world.interactions else world
    return world


def rested_after(world: World, event: Resting, cool_down_s: float) -> World:
    """With the rests that this event makes."""
    before = world.cool_downs.get((event.interaction, event.agent), None)
    for agent, rest in rests_after(event, before, cool_down_s):
        world = _cooling(world, event.interaction, agent, rest)
    return world


def _cooling(world: World, interaction: str, agent: str, rest: Rest) -> World:
    deadlines = world.deadlines.put(Kind.COOL_DOWN, f"{interaction} {agent}", rest.until)
    return replace(world, cool_downs=world.cool_downs.set((interaction, agent), rest), deadlines=deadlines)


def without_rests(world: World, interaction: str) -> World:
    """It is closed: nobody rests from it any more."""
    cool_downs, deadlines = world.cool_downs, world.deadlines
    for key, _ in world.cool_downs.items_from((interaction, "")):
        if key[0] != interaction:
            break
        cool_downs, deadlines = cool_downs.without(key), deadlines.put(Kind.COOL_DOWN, " ".join(key), None)
    return replace(world, cool_downs=cool_downs, deadlines=deadlines)
