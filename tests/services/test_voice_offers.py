"""Agents' phones at the edges: answered too late, a talk without wrap-up, a join that fails, an offer that is over."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import gevent
import pytest
from floor import Floor

from eslapp.core import commands as c
from eslapp.core.model import InteractionState
from eslapp.esl import facts
from eslapp.log import spawn
from eslapp.services import legs
from eslapp.services.voice_offers import VoiceOffers

LEG = "11111111-1111-4111-8111-111111111111"


class FakeLink:
    """Notes the lines it is asked; ``refuses`` answers that command with -ERR."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.refuses = ""

    def api(self, line: str, timeout: float = 5.0) -> str:
        self.lines.append(line)
        return "-ERR refused" if self.refuses and line.startswith(self.refuses) else "+OK"

    def start_job(self, line: str) -> str:
        self.lines.append(line)
        return "job"

    def asked(self, word: str) -> list[str]:
        return [line for line in self.lines if line.startswith(word)]


class FakeRecorder:
    def __init__(self) -> None:
        self.steps: list[str] = []

    def start(self, interaction: str, leg: str) -> None:
        self.steps.append("start")

    def stop(self, interaction: str, leg: str) -> None:
        self.steps.append("stop")


class Desk:
    """Offers being carried out on a floor."""

    def __init__(self, floor: Floor) -> None:
        self.is_contact_back = True
        self.floor, self.link, self.recorder = floor, FakeLink(), FakeRecorder()
        self.offers = VoiceOffers(
            bus=floor.bus,
            link=self.link,
            world=floor.world,
            domain="127.0.0.1",
            recorder=self.recorder,
            whispers=self,
            contact_of=lambda leg: "one" if leg == LEG else "",
            is_with_us=lambda leg: self.is_contact_back,
            clock=floor.clock,
        )
        self.runner = spawn(self.offers.run)
        gevent.sleep(0)

    def say(self, one: Any) -> None:
        """No queue of theirs whispers."""

    def ringing(self) -> str:
        """The offer whose phone rings now."""
        self.floor.waiting(leg=LEG)
        self.floor.at_work()
        until(lambda: self.link.asked("originate"))
        return self.floor.now().offer

    def talking(self) -> str:
        offer = self.ringing()
        self.offers.on_fact(answered(offer))
        until(lambda: self.link.asked("uuid_bridge"))
        self.offers.on_fact(facts.LegBridged(at=0.0, leg=LEG, other=legs.offer_leg(offer)))
        return offer


def answered(offer: str) -> facts.LegAnswered:
    return facts.LegAnswered(at=0.0, leg=legs.offer_leg(offer), variables={legs.OFFER: offer})


def until(holds: Any) -> None:
    for _ in range(300):
        if holds():
            return
        gevent.sleep(0.01)
    raise AssertionError("waited in vain")


@pytest.fixture
def desk(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Desk]:
    floor = Floor(tmp_path, wrap_up_s=getattr(request, "param", 60.0))
    desk = Desk(floor)
    yield desk
    desk.runner.kill()
    floor.close()


@pytest.mark.parametrize("desk", [60.0, 0.0], ids=["wrap-up", "no-wrap-up"], indirect=True)
def test_the_agents_leg_ends_and_the_recording_stops_with_the_talk(desk: Desk) -> None:
    offer = desk.talking()
    desk.floor.ask(c.EndTalk, interaction="one", by="agent")
    until(lambda: desk.link.asked(f"uuid_kill {legs.offer_leg(offer)}"))
    assert desk.recorder.steps == ["start", "stop"]


def test_a_phone_answered_in_the_moment_its_offer_expired_is_hung_up(desk: Desk) -> None:
    offer = desk.ringing()
    desk.floor.ask(c.ExpireOffer, offer=offer)
    until(lambda: desk.link.asked("uuid_kill"))
    desk.link.lines.clear()  # that one was too early: the phone's answer was on its way
    desk.offers.on_fact(answered(offer))
    until(lambda: desk.link.asked(f"uuid_kill {legs.offer_leg(offer)}"))


def test_after_a_join_that_failed_the_waiting_contact_is_not_recorded(desk: Desk) -> None:
    offer = desk.ringing()
    desk.link.refuses = "uuid_bridge"
    desk.floor.ask(c.SetPhone, agent="1001", registered=False)
    desk.offers.on_fact(answered(offer))
    until(lambda: desk.recorder.steps == ["start", "stop"])
    assert desk.floor.now().state == InteractionState.QUEUED


def test_a_contact_on_the_way_back_from_another_talk_is_joined_once_there(desk: Desk) -> None:
    offer = desk.ringing()
    desk.is_contact_back = False  # the agent who transfers has a colleague who answers at once
    desk.offers.on_fact(answered(offer))
    until(lambda: desk.floor.now().state == InteractionState.CONNECTING)
    for _ in range(5):
        gevent.sleep(0.02)
        assert not desk.link.asked("uuid_bridge")
    desk.is_contact_back = True
    until(lambda: desk.link.asked("uuid_bridge"))


def test_an_offer_that_is_over_before_it_could_ring_rings_nowhere(desk: Desk) -> None:
    name = desk.ringing()
    offer = desk.floor.world().offer(name)
    desk.floor.ask(c.DeclineOffer, offer=offer.id, agent="1001", reason="no")
    desk.link.lines.clear()
    desk.offers._ring(offer)
    assert desk.link.asked("originate") == []


def test_an_answer_that_another_part_saw_is_being_joined_too(desk: Desk) -> None:
    """The reconciler, after a kill: whose leg comes by meanwhile must only keep still."""
    offer = desk.ringing()
    desk.is_contact_back = False
    desk.floor.ask(c.AcceptOffer, offer=offer, agent="1001")
    until(lambda: desk.offers.is_joining("one"))
    desk.is_contact_back = True
    until(lambda: desk.link.asked("uuid_bridge"))
    desk.floor.clock.now += 31
    assert not desk.offers.is_joining("one")  # nothing is joined for so long: the reconciler may give it up
