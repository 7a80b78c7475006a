"""The reconciler's own edges: a join nobody finishes, a look that fails, marks that do not pile up."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import gevent
import pytest
from floor import Floor

from eslapp import repairs
from eslapp.core import commands as c
from eslapp.core import events as e
from eslapp.core.model import Interaction, InteractionState, Medium
from eslapp.core.world import evolve_all
from eslapp.services import legs, reconciler
from eslapp.services.reconciler import Reconciler
from eslapp.store import StoreUnavailable

LEG = "11111111-1111-4111-8111-111111111111"


class Switch:
    """Answers ``show channels`` with ``channels``."""

    is_up = True

    def __init__(self) -> None:
        self.channels: list[dict[str, str]] = []
        self.partner = "_undef_"
        self.phones = [{"reg_user": "1001"}]

    def api(self, line: str, timeout: float = 5.0) -> str:
        if line.startswith("uuid_getvar"):
            return self.partner
        if line.startswith("show registrations"):
            return json.dumps({"rows": self.phones})
        return json.dumps({"rows": self.channels}) if line.startswith("show channels") else "+OK"


@pytest.fixture
def floor(tmp_path: Path) -> Iterator[Floor]:
    floor = Floor(tmp_path)
    yield floor
    floor.close()


def connecting(floor: Floor) -> str:
    floor.waiting(leg=LEG)
    floor.at_work()
    for _ in range(200):
        if floor.now().offer:
            break
        gevent.sleep(0.01)
    offer = floor.now().offer
    floor.ask(c.AcceptOffer, offer=offer, agent="1001")
    return offer


def row(leg: str, call: str) -> dict[str, str]:
    return {"uuid": leg, "call_uuid": call, "callstate": "ACTIVE", "direction": "inbound"}


@pytest.mark.parametrize("is_joined", [True, False])
def test_a_join_is_seen_or_given_up(floor: Floor, is_joined: bool) -> None:
    offer = connecting(floor)
    agent, switch = legs.offer_leg(offer), Switch()
    switch.channels = [row(LEG, LEG), row(agent, LEG if is_joined else agent)]
    looks = Reconciler(bus=floor.bus, link=switch, world=floor.world, clock=floor.clock)
    looks.look(at_start=True)
    assert floor.now().state == (InteractionState.CONNECTED if is_joined else InteractionState.CONNECTING)
    looks.look(at_start=False)
    if is_joined:
        assert floor.now().state == InteractionState.CONNECTED
    else:
        assert floor.now().state in (InteractionState.QUEUED, InteractionState.OFFERED)
        assert floor.now().offer != offer and looks.repairs["never-joined"] == 1


def test_a_join_that_is_under_way_here_is_not_given_up(floor: Floor) -> None:
    """A whisper takes up to 15 s, a customer who is called back rings for longer."""
    offer = connecting(floor)
    agent, switch = legs.offer_leg(offer), Switch()
    switch.channels = [row(LEG, LEG), row(agent, agent)]
    busy = {"one"}
    told: Any = {"bus": floor.bus, "link": switch, "world": floor.world, "clock": floor.clock}
    looks = Reconciler(**told, is_being_joined=lambda name: name in busy)
    for _ in range(4):
        looks.look(at_start=False)
        assert (floor.now().state, floor.now().offer) == (InteractionState.CONNECTING, offer)
    busy.clear()
    for _ in range(2):
        looks.look(at_start=False)
    assert floor.now().offer != offer and looks.repairs["never-joined"] == 1


def test_a_look_that_fails_is_followed_by_the_next(floor: Floor, monkeypatch: pytest.MonkeyPatch) -> None:
    looks = Reconciler(bus=floor.bus, link=Switch(), world=floor.world, clock=floor.clock)
    seen: list[bool] = []
    monkeypatch.setattr(reconciler.log, "exception", lambda *_args, **_values: None)

    def look(*, at_start: bool) -> None:
        seen.append(at_start)
        raise StoreUnavailable("the disk is full")

    monkeypatch.setattr(looks, "look", look)
    monkeypatch.setattr(reconciler, "EVERY_S", 0.001)
    greenlet = gevent.spawn(looks.run)
    for _ in range(300):
        if len(seen) > 1:
            break
        gevent.sleep(0.01)
    assert len(seen) > 1 and not greenlet.dead
    greenlet.kill()


def test_marks_of_legs_that_are_gone_do_not_pile_up(floor: Floor) -> None:
    floor.waiting(leg=LEG)
    floor.clock.now += 60
    looks = Reconciler(bus=floor.bus, link=Switch(), world=floor.world, clock=floor.clock)
    for _ in range(3):
        looks.look(at_start=False)
    assert floor.now().state == InteractionState.CLOSED
    assert not looks._missing


def test_missing_twice_means_twice_in_a_row(floor: Floor) -> None:
    floor.waiting(leg=LEG)
    floor.clock.now += 60
    switch: Any = Switch()
    looks = Reconciler(bus=floor.bus, link=switch, world=floor.world, clock=floor.clock)
    for there in (False, True, False):
        switch.channels = [row(LEG, LEG)] if there else []
        looks.look(at_start=False)
    assert floor.now().state != InteractionState.CLOSED


def test_a_talk_that_began_and_ended_unseen_took_place(floor: Floor) -> None:
    offer, switch = connecting(floor), Switch()
    switch.channels, switch.partner = [row(LEG, LEG)], legs.offer_leg(offer)
    Reconciler(bus=floor.bus, link=switch, world=floor.world, clock=floor.clock).look(at_start=True)
    assert floor.now().state == InteractionState.WRAP_UP


def test_work_that_waits_beside_a_free_agent_is_matched_and_counted(floor: Floor) -> None:
    floor.at_work()
    stopped = evolve_all(
        floor.world(),
        [
            e.InteractionOpened(at=1.0, interaction=Interaction("x", "c", "web", Medium.TEXT, "l", 1.0)),
            e.InteractionQueued(at=1.0, interaction="x", queue="orders", priority=0, queued_at=1.0),
        ],
    )
    asked: list[c.Command] = []
    bus = type("Bus", (), {"submit": lambda _, command: asked.append(command)})()
    watch = Reconciler(bus=bus, link=Switch(), world=lambda: stopped, clock=floor.clock)
    watch.look(at_start=False)
    assert not watch.repairs["waiting-beside-free"]  # it may be in motion
    watch.look(at_start=False)
    assert watch.repairs["waiting-beside-free"] == 1
    assert isinstance(asked[-1], c.RouteWaiting)


@pytest.mark.parametrize("ends", ["talk", "offer"])
def test_an_agents_leg_that_outlived_its_purpose_is_dropped_at_the_start(floor: Floor, ends: str) -> None:
    """The daemon died between its decision and the hang-up: the phone must not stay busy with nobody."""
    offer = connecting(floor)
    leg, switch = legs.offer_leg(offer), Switch()
    if ends == "talk":
        floor.ask(c.ConnectInteraction, interaction="one")
        floor.ask(c.EndTalk, interaction="one", by="contact")
        assert floor.now().state == InteractionState.WRAP_UP and floor.world().offer(offer) is not None
    else:
        floor.ask(c.RescindOffer, offer=offer, reason="test")
    switch.partner = offer  # the leg's own mark
    switch.channels = [row(LEG, ""), {**row(leg, ""), "direction": "outbound"}]
    looks = Reconciler(bus=floor.bus, link=switch, world=floor.world, clock=floor.clock)
    looks.look(at_start=True)
    assert looks.repairs["orphan"] == 1


def test_a_leg_that_talks_or_rings_is_nobodys_orphan(floor: Floor) -> None:
    offer = connecting(floor)
    leg, switch = legs.offer_leg(offer), Switch()
    switch.partner = offer
    switch.channels = [row(LEG, LEG), {**row(leg, LEG), "direction": "outbound"}]
    looks = Reconciler(bus=floor.bus, link=switch, world=floor.world, clock=floor.clock)
    looks.look(at_start=True)
    assert floor.now().state == InteractionState.CONNECTED and looks.repairs["orphan"] == 0


def test_a_phone_that_is_gone_unseen_is_noticed_counted_and_told_with_its_address(floor: Floor) -> None:
    floor.at_work()
    switch = Switch()
    looks = Reconciler(bus=floor.bus, link=switch, world=floor.world, clock=floor.clock)
    looks.look(at_start=False)
    assert not looks.repairs["phone"]
    switch.phones = []
    before = repairs.REPAIRS.labels("phone")._value.get()
    looks.look(at_start=False)
    assert not floor.world().agents["1001"].phone_registered
    assert (looks.repairs["phone"], repairs.REPAIRS.labels("phone")._value.get() - before) == (1, 1)
    switch.phones = [{"reg_user": "1001", "url": "sofia/internal/sip:1001@10.0.0.5:5062;fs_nat=yes"}]
    looks.look(at_start=True)  # a new link: nothing is repaired by what it tells first
    agent = floor.world().agents["1001"]
    assert (agent.phone_registered, agent.phone_contact, looks.repairs["phone"]) == (True, "1001@10.0.0.5:5062", 1)
