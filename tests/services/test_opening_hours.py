"""The calendar of a queue opens and closes it for the router, to the second look, and who waits is sent on."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from floor import Floor

from eslapp.core import commands as c
from eslapp.core.model import InteractionState, Medium, Presence
from eslapp.services.opening_hours import OpeningHours

MORE = """calendars: {office: {open: {mon-fri: ["09:00-18:00"]}}}
"""


@pytest.fixture
def floor(tmp_path: Path) -> Iterator[Floor]:
    floor = Floor(tmp_path, more=MORE)
    floor.site.queues["orders"] = floor.site.queues["orders"].model_copy(update={"calendar": "office"})
    yield floor
    floor.close()


def at(floor: Floor, hour: int, minute: int = 0) -> None:
    floor.clock.now = datetime(2026, 11, 30, hour, minute, tzinfo=ZoneInfo("UTC")).timestamp()  # a Monday


def test_a_queue_opens_and_closes(floor: Floor) -> None:
    hours = OpeningHours(bus=floor.bus, world=floor.world, site=lambda: floor.site, clock=floor.clock)
    seen = []
    for hour, minute in ((8, 59), (9, 0), (17, 59), (18, 0)):
        at(floor, hour, minute)
        hours.look()
        seen.append("orders" not in floor.world().closed)
    assert seen == [False, True, True, False]


def test_who_waits_when_it_closes_is_given_back_to_the_flow(floor: Floor) -> None:
    hours = OpeningHours(bus=floor.bus, world=floor.world, site=lambda: floor.site, clock=floor.clock)
    at(floor, 17)
    hours.look()
    floor.ask(c.SetPresence, agent="1001", presence=Presence.BREAK)
    floor.ask(
        c.OpenInteraction, interaction="one", contact="c", channel="voice", medium=Medium.VOICE, leg="l", flow="main"
    )
    floor.ask(c.EnqueueInteraction, interaction="one", queue="orders", own_ways=("closed",))
    floor.waiting("two", "l2")  # its flow says nothing of that: it waits on
    at(floor, 18)
    hours.look()
    assert (floor.now("one").state, floor.now("one").overflow) == (InteractionState.IN_FLOW, "closed")
    assert floor.now("two").state is InteractionState.QUEUED
