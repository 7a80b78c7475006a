"""The board follows the log: what it knows by the events is what the rows say."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path

import pytest
from house import Clock, House

from eslapp.core import commands as c
from eslapp.core.model import InteractionState, Medium, Presence
from webhooks.board import Board, Snapshot
from webhooks.web import KEY


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    house = House(tmp_path)
    yield house
    house.close()


def told(snapshot: Snapshot) -> tuple[object, ...]:
    offers = sorted(snapshot.offers, key=lambda offer: offer.id)
    lines = {queue: [one.id for one in line] for queue, line in snapshot.lines.items() if line}
    return snapshot.position, snapshot.interactions, snapshot.agents, offers, lines


def something_happens(house: House, chance: random.Random, step: int) -> None:
    """Whatever people may do, sensible or not."""
    at = house.clock()
    open_ones = list(house.world.interactions.values())
    offers = list(house.world.offers.values())
    what = chance.randrange(8)
    if what == 0 or not open_ones:
        house.chat_interaction(name=f"Ada {step}")
    elif what == 1:
        house.call_interaction(number=f"1380013{step:04}")
    elif what == 2:
        presence = chance.choice([Presence.AVAILABLE, Presence.BREAK])
        house.bus.submit(c.SetPresence(at=at, agent=chance.choice(["1001", "1002"]), presence=presence))
    elif what in (3, 4) and offers:
        offer = chance.choice(offers)
        house.bus.submit(c.AcceptOffer(at=at, offer=offer.id, agent=offer.agent))
        if offer.medium is Medium.VOICE:
            house.bus.submit(c.ConnectInteraction(at=at, interaction=offer.interaction))
    elif what == 5 and offers:
        house.bus.submit(c.DeclineOffer(at=at, offer=offers[0].id, agent=offers[0].agent))
    else:
        one = chance.choice(open_ones)
        if one.state is InteractionState.WRAP_UP:
            house.bus.submit(c.FinishWrapUp(at=at, interaction=one.id, agent=one.agent, disposition="done"))
        else:
            house.bus.submit(c.CloseInteraction(at=at, interaction=one.id))


def test_following_the_events_leads_where_the_rows_are(house: House) -> None:
    assert isinstance(house.clock, Clock)
    parts = house.app.extensions[KEY]
    following, chance = parts.board, random.Random(5)
    house.available("1001")
    house.available("1002")
    first = following.snapshot()
    seen: set[InteractionState] = set()
    for step in range(60):
        house.clock.pass_s(0.1)
        something_happens(house, chance, step)
        house.until(lambda: not house.dispatcher._may_match, "the match")
        anew = Board(parts.deps).snapshot(0)
        now = following.snapshot(anew.position)
        if now.position == anew.position:
            assert told(now) == told(anew), f"after step {step}"
        seen |= {one.state for one in now.interactions.values()}
    assert now.read_at == first.read_at, "all rows were read once"
    assert {InteractionState.QUEUED, InteractionState.CONNECTED} <= seen
