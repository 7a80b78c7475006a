"""The dispatcher's world, read from the rows. Not here: keeping it up to date (``dispatcher``)."""

from __future__ import annotations

from dataclasses import replace

from eslapp.core.settings import Settings
from eslapp.core.world import World, build
from eslapp.store import Tx, agents, announced_places, announced_waits, interactions, offers


def load_world(tx: Tx, settings: Settings) -> World:
    """Open interactions, live offers, presence, cool-downs and turns, on one snapshot."""
    world = build(
        settings,
        agents=[agents.doing(row) for row in agents.all_of_them(tx)],
        interactions=interactions.still_open(tx),
        offers=offers.live(tx),
        declined=offers.declined_of_open_interactions(tx),
        turns={name: winner for name in settings.queues if (winner := offers.last_winner(tx, name))},
    )
    paces = {
        name: replace(announced_waits.pace(tx, name), kept=announced_places.kept(tx, name)) for name in settings.queues
    }
    for name, pace in paces.items():
        world = replace(world, paces=world.paces.set(name, pace))
    places, waits = announced_places.still_open(tx), announced_waits.still_open(tx)
    for interaction in places.keys() | waits.keys():
        promises = (*waits.get(interaction, ()), *places.get(interaction, ()))
        world = replace(world, promises=world.promises.set(interaction, promises))
    return world
