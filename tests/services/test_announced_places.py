""" "You are number 3": every place that is said is kept, and scored by how many were served before."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

import gevent
import pytest
from floor import Floor

from eslapp.core import commands as c
from eslapp.core.model import Medium, Presence
from eslapp.core.pace import LEAST_SCORES
from eslapp.services.queue_wait import QueueWait
from eslapp.services.world_rows import load_world
from eslapp.store import announced_places
from eslapp.store.announced_places import Places


class Spoken:
    """Prompts that tell what they would say."""

    def paths(self, pieces: Any) -> list[str]:
        return [f"{piece.kind} {piece.value}" for piece in pieces]


@pytest.fixture
def floor(tmp_path: Path) -> Iterator[Floor]:
    made = Floor(tmp_path, wrap_up_s=0.0)
    yield made
    made.close()


def places(floor: Floor) -> Places:
    return floor.store.read(lambda tx: announced_places.honesty(tx, "orders"))


def wait_of(floor: Floor, name: str) -> QueueWait:
    prompts = cast(Any, Spoken())
    return QueueWait(name, world=floor.world, prompts=prompts, clock=floor.clock, bus=floor.bus)


def serve(floor: Floor, name: str) -> None:
    with gevent.Timeout(10):
        while not floor.now(name).offer:
            gevent.sleep(0.005)
    floor.clock.now += 1
    floor.ask(c.AcceptOffer, offer=floor.now(name).offer, agent="1001")
    floor.ask(c.ConnectInteraction, interaction=name)
    floor.ask(c.EndTalk, interaction=name, by="contact")


def test_a_place_alone_is_kept_and_scored(floor: Floor) -> None:
    for name in ("one", "two", "three"):
        floor.waiting(name, leg=f"l-{name}")
        floor.clock.now += 1
    third = wait_of(floor, "three")
    assert third._place("en") == ["position 3"]
    assert places(floor) == Places(announced=1, told=1, scored=0, kept=0, exact=0)
    floor.ask(c.CloseInteraction, interaction="two", cause="left")  # fewer before them: no lie
    assert third._place("en") == ["position 2"]
    floor.at_work()
    serve(floor, "one")
    serve(floor, "three")
    assert places(floor) == Places(announced=2, told=2, scored=2, kept=2, exact=1)


def test_who_is_overtaken_was_told_wrong_and_hears_no_worse_place(floor: Floor) -> None:
    floor.waiting("one", leg="l-one")
    one = wait_of(floor, "one")
    assert one._place("en") == ["position 1"]
    floor.clock.now += 1
    floor.ask(
        c.OpenInteraction, interaction="vip", contact="v", channel="x", medium=Medium.VOICE, leg="l-v", flow="main"
    )
    floor.ask(c.EnqueueInteraction, interaction="vip", queue="orders", priority=9)
    assert one._place("en") == []
    floor.at_work()
    serve(floor, "vip")
    serve(floor, "one")
    assert places(floor) == Places(announced=1, told=1, scored=1, kept=0, exact=0)


def test_for_whom_a_phone_rings_already_stands_in_no_line(floor: Floor) -> None:
    floor.at_work()
    floor.waiting("one", leg="l-one")
    with gevent.Timeout(10):
        while not floor.now("one").offer:
            gevent.sleep(0.005)
    floor.clock.now += 1
    floor.waiting("two", leg="l-two")
    assert wait_of(floor, "two")._place("en") == ["position 1"]
    serve(floor, "one")
    floor.clock.now += 1
    serve(floor, "two")
    assert places(floor) == Places(announced=1, told=1, scored=1, kept=1, exact=1)
    assert floor.world().paces["orders"].kept == load_world_of(floor).paces["orders"].kept == (True,)


def test_who_leaves_before_is_not_scored(floor: Floor) -> None:
    floor.waiting("one", leg="l-one")
    assert wait_of(floor, "one")._place("en") == ["position 1"]
    floor.ask(c.CloseInteraction, interaction="one", cause="left")
    assert wait_of(floor, "one")._place("en") == []
    assert places(floor) == Places(announced=1, told=1, scored=0, kept=0, exact=0)


def test_places_that_are_too_often_wrong_are_said_no_more_and_still_scored(floor: Floor) -> None:
    def overtaken(number: int) -> list[str]:
        name = f"late-{number}"
        floor.waiting(name, leg=f"l-{name}")
        heard = wait_of(floor, name)._place("en")
        floor.clock.now += 1
        call = {"channel": "x", "medium": Medium.VOICE, "leg": f"v-{number}", "flow": "main"}
        floor.ask(c.OpenInteraction, interaction=f"vip-{number}", contact=f"v{number}", **call)
        floor.ask(c.EnqueueInteraction, interaction=f"vip-{number}", queue="orders", priority=9)
        floor.at_work()
        serve(floor, f"vip-{number}")
        serve(floor, name)
        floor.ask(c.SetPresence, agent="1001", presence=Presence.BREAK)
        return heard

    assert [overtaken(number) for number in range(LEAST_SCORES)] == [["position 1"]] * LEAST_SCORES
    assert overtaken(99) == []
    told = places(floor)
    assert (told.announced, told.told, told.scored, told.kept) == (LEAST_SCORES + 1, LEAST_SCORES, LEAST_SCORES + 1, 0)
    again = load_world_of(floor)
    assert again.paces["orders"].kept == floor.world().paces["orders"].kept
    assert not again.paces["orders"].says_places


def load_world_of(floor: Floor) -> Any:
    settings = floor.world().settings
    return floor.store.read(lambda tx: load_world(tx, settings, 30.0))
