"""The dispatcher's world, read from the rows. Not here: keeping it up to date (``dispatcher``)."""

from __future__ import annotations

from eslapp.core.settings import Settings
from eslapp.core.world import World, build
from eslapp.store import Tx, agents, interactions, offers


def load_world(tx: Tx, settings: Settings) -> World:
    """Open interactions, live offers, presence, cool-downs and turns, on one snapshot."""
    return build(
        settings,
        agents=[agents.doing(row) for row in agents.all_of_them(tx)],
        interactions=interactions.still_open(tx),
        offers=offers.live(tx),
        declined=offers.declined_of_open_interactions(tx),
        turns={name: winner for name in settings.queues if (winner := offers.last_winner(tx, name))},
    )
