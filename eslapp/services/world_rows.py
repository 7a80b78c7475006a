"""The dispatcher's world, read from the rows. Not here: keeping it up to date (``dispatcher``)."""

from __future__ import annotations

from dataclasses import replace
from typing import get_args

from eslapp.core.declined import Resting
from eslapp.core.resting import rested_by
from eslapp.core.settings import Settings
from eslapp.core.world import World, build
from eslapp.store import Tx, agents, announced_places, announced_waits, events, interactions, offers


def load_world(tx: Tx, settings: Settings, cool_down_s: float) -> World:
    """Open interactions, live offers, presence, cool-downs and turns, on one snapshot.

    ``cool_down_s``: the house rule under which agents have declined.
    """
    world = build(
        settings,
        agents=[agents.doing(row) for row in agents.all_of_them(tx)],
        interactions=interactions.still_open(tx),
        offers=offers.live(tx),
        turns={name: winner for name in settings.queues if (winner := offers.last_winner(tx, name))},
    )
    resting = [event for event in events.of_open_interactions(tx, *get_args(Resting)) if isinstance(event, Resting)]
    world = rested_by(world, resting, cool_down_s)
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
