"""What flows may ask of the moment, of a real world and real rows."""

from __future__ import annotations

import doctest
from dataclasses import replace
from pathlib import Path

from floor import Floor
from test_chats import until

from eslapp.core import commands as c
from eslapp.core.model import Medium, Presence
from eslapp.services import flow_facts
from eslapp.services.flow_facts import HANDLE_S, FlowFacts
from ivr.site import TrunkSettings


def test_who_waits_how_long_and_who_is_ready(tmp_path: Path) -> None:
    floor = Floor(tmp_path)
    facts = FlowFacts(world=floor.world, site=lambda: floor.site, store=floor.store, clock=floor.clock)
    assert dict(facts()) == {"queue.orders.waiting": 0, "queue.orders.wait": "", "queue.orders.ready": 0}
    floor.waiting("one", medium=Medium.TEXT)
    floor.waiting("two", leg="l-two", medium=Medium.TEXT)
    floor.ask(c.SetPresence, agent="1001", presence=Presence.BREAK)
    assert (facts()["queue.orders.waiting"], facts()["queue.orders.wait"]) == (2, "")
    floor.at_work()
    now = facts()
    assert now["queue.orders.ready"] in (0, 1) and "queue.nowhere.waiting" not in now and "date" not in now
    floor.close()


def test_the_wait_goes_by_the_talks_of_late(tmp_path: Path) -> None:
    floor = Floor(tmp_path, wrap_up_s=0.0)
    facts = FlowFacts(world=floor.world, site=lambda: floor.site, store=floor.store, clock=floor.clock)
    floor.waiting("one")
    floor.at_work()
    until(lambda: floor.now("one").offer)
    assert facts()["queue.orders.wait"] == HANDLE_S  # one is busy, nothing is known of the queue yet
    floor.ask(c.AcceptOffer, offer=floor.now("one").offer, agent="1001")
    floor.ask(c.ConnectInteraction, interaction="one")
    floor.clock.now += 40
    floor.ask(c.EndTalk, interaction="one", by="contact", cause="")
    floor.clock.now += 100
    floor.ask(c.SetPhone, agent="1001", registered=False)  # there, but cannot take one now
    floor.waiting("two", leg="l-two")
    assert (facts()["queue.orders.wait.voice"], facts()["queue.orders.ready.voice"]) == (80, 0)
    assert (facts()["queue.orders.wait.text"], facts()["queue.orders.ready.text"]) == (40, 1)
    floor.close()


def test_a_number_is_known_as_the_trunk_dials_it(tmp_path: Path) -> None:
    floor = Floor(tmp_path)
    trunk = TrunkSettings.model_validate({"way": "gateway t", "allow": ["1[3-9]#########"], "caller_number": "4001"})
    site = replace(floor.site, trunk=trunk, country="CN")
    now = FlowFacts(world=floor.world, site=lambda: site, store=floor.store, clock=floor.clock)()
    told = [now[f"dialled.{number}"] for number in ("+8613800138000", "008613800138000", "13800138000", "+4479460000")]
    assert told == ["13800138000"] * 3 + ["+4479460000"]
    floor.close()


def test_the_examples_hold() -> None:
    assert doctest.testmod(flow_facts).failed == 0
