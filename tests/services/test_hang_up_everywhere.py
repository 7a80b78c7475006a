"""facts/reliability R6: the contact hangs up, or leaves the chat, at every step of every example flow and of 50 random
ones: before the step, in the middle of what it does, and right after. Every row is closed with the cause, and nothing
is left over: no greenlet, offer, leg, timer or note.

In the suite each step is left at two of the moments, which take turns; ``ZONGJI_HANG_UPS=all`` takes all of them.

The daemon's own parts serve the contacts (store, router, flows, steps, services), calls on legs that are hung up by a
script. Nothing waits for real time: what would is where the contact hangs up.
"""

from __future__ import annotations

import gc
import os
import random
import tempfile
from collections.abc import Iterator
from itertools import cycle
from pathlib import Path
from typing import Any, cast

import gevent
import pytest
from ivr_sites import ARTICLES, PROMPTS, SITE
from scripted_leg import Leg
from test_ivr_random_walks import SECTIONS, STEP_TEXTS

from eslapp.bus import Bus
from eslapp.core import commands as c
from eslapp.core.events import InteractionClosed
from eslapp.core.model import InteractionState, Medium, Presence
from eslapp.esl.link import SwitchLink
from eslapp.ids import random_id
from eslapp.services.chats import Chats
from eslapp.services.dispatcher import Dispatcher
from eslapp.services.flow_runs import FlowRuns
from eslapp.services.in_line import InLine
from eslapp.services.outside_calls import OutsideCalls
from eslapp.services.performers import CallPerformers
from eslapp.services.prompts import Prompts
from eslapp.services.queue_wait import QueueWait
from eslapp.services.recorder import Recorder
from eslapp.services.voice_calls import VoiceCalls
from eslapp.sitedir import SiteDir
from eslapp.starting import Parts, call_steps, flow_services
from eslapp.store import Store, contacts, conversations, events, interactions, jobs
from eslapp.taking_up import settings_of
from ivr.engine import Engine
from ivr.loader import load_site, read_site
from ivr.session import Session
from ivr.site import Site
from ivr.waits import Resumed

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]

SITES = Path(__file__).parents[2] / "ivr" / "sites"
WHOLE = os.environ.get("ZONGJI_HANG_UPS") == "all"
FLOWS = 50
# (which of the doings of leg and services, when): before it, in the middle, when it is done
MOMENTS = ((1, "before"), (1, "during"), (2, "during"), (1, "after"))
LEAVINGS = ("before", "during", "after")  # of a chat


def on_legs(performers: CallPerformers) -> CallPerformers:
    """The same, counted as doings of the scripted leg."""

    def counted(perform: Any) -> Any:
        return lambda call, effect: cast(Leg, call.leg._call).asked(perform, call, effect)

    return {kind: counted(perform) for kind, perform in performers.items()}


class House:
    """One site served by the daemon's parts."""

    def __init__(self, folder: Path, site: Site) -> None:
        self.site, self.dir = site, SiteDir(folder)
        self.dir.make()
        self.bus, self.now = Bus(), 1_795_572_000.0
        clock = lambda: self.now  # noqa: E731
        self.store = Store(self.dir.database, publish=self.bus.publish).open(at=self.now)
        told = settings_of(site)
        self.dispatcher = Dispatcher(
            self.store, self.bus, clock, random_id, told.queues, told.agents, rules=told.rules, revision=site.revision
        )
        self.dispatcher.start()
        self.flows = FlowRuns(store=self.store, clock=clock, facts=dict)
        self.flows.publish(Engine(site))
        prompts, world = Prompts(self.dir, lambda: site), lambda: self.dispatcher.world
        link = SwitchLink("127.0.0.1", 1, "", on_event=lambda _: None, on_up=lambda: None)  # never started: down
        recorder = Recorder(
            store=self.store, link=link, folder=self.dir.recordings, clock=clock, ids=random_id,
            is_wanted=lambda _: False,
        )  # fmt: skip
        parts = Parts(
            self.dir, lambda: site, self.store, self.bus, world, prompts, recorder, "127.0.0.1", clock,
            OutsideCalls(world),
        )  # fmt: skip
        self.steps = call_steps(parts)
        rows = {"store": self.store, "clock": clock, "bus": self.bus}
        services = flow_services(self.dir, site=lambda: site, chats=lambda: self.chats, **rows)
        self.calls = VoiceCalls(
            bus=self.bus, store=self.store, flows=self.flows, prompts=prompts, world=world,
            in_line=InLine(
                bus=self.bus, store=self.store, prompts=prompts, world=world, clock=clock, room=None, flows=self.flows,
                wait_for=lambda name: QueueWait(name, world=world, prompts=prompts, clock=clock),
            ),
            send_text=lambda *what: self.chats.send(*what), clock=clock, ids=random_id,
            performers={**on_legs(services.on_calls()), **self.steps.on_calls()},
        )  # fmt: skip
        self.chats = Chats(
            bus=self.bus, store=self.store, flows=self.flows, world=world, clock=clock, ids=random_id,
            performers={**services.on_chats(), **self.steps.on_chats()},
        )  # fmt: skip
        for agent in site.agents:
            self.bus.submit(c.SetPhone(at=self.now, agent=agent, registered=True))
            self.bus.submit(c.SetPresence(at=self.now, agent=agent, presence=Presence.AVAILABLE))

    def call_at(self, block: str, index: int, moment: tuple[int, str]) -> tuple[str, str]:
        """A call that stands at this step and hangs up then; its state and cause."""
        name = self._stands_at(block, index, Medium.VOICE, leg := random_id())
        self.calls.know(leg, name)
        self.calls.on_call(cast(Any, Leg(leg, moment)))
        self.steps.voicemails.call_over(name)  # as the daemon does when an interaction is closed
        self.calls.forget(name)
        return self._over(name, (block, index, moment))

    def chat_at(self, block: str, index: int, moment: str) -> tuple[str, str]:
        """A chat that stands at this step and is left then; its state and cause."""
        name = self._stands_at(block, index, Medium.TEXT, "")
        leaving = gevent.spawn(self.chats.contact_left, name) if moment == "during" else None
        if moment != "before":
            self.chats.step(name, Resumed())
        gevent.idle()
        if leaving is not None:
            leaving.get()
        else:
            self.chats.contact_left(name)
        while self.chats._at_work:
            gevent.sleep(0.001)  # a service that was asked is heard out
        return self._over(name, (block, index, moment))

    def _stands_at(self, block: str, index: int, medium: Medium, leg: str) -> str:
        """An interaction whose flow is about to do this step; its name."""
        name = random_id()
        flow, step = self.site.blocks[block].flow or "main", self.site.blocks[block].steps[index]
        kind = "voice" if medium == Medium.VOICE else "text"
        opening = {"contact": "c", "channel": "voice", "medium": medium, "leg": leg, "flow": flow}
        if medium == Medium.TEXT:
            opening |= {"channel": "webchat", "leg": self.store.write(lambda tx: self._conversation(tx, name))}
        self.bus.submit(c.OpenInteraction(at=self.now, interaction=name, **cast(Any, opening)))
        if medium == Medium.TEXT:
            self.store.write(lambda tx: conversations.attach(tx, opening["leg"], name))
        turn = self.flows.start(flow=flow, medium=kind, language="", variables={"contact.number": "13800138000"})
        fields = {"block": block, "index": index, "verb": step.verb, "waits_for": ("PlayEnded",), "cause": ""}
        session = Session(
            flow=flow, medium=kind, language=self.site.languages[0], revision=self.site.revision,
            variables=turn.session.variables, **cast(Any, fields),
        )  # fmt: skip
        self.flows.keep(name, type(turn)(session, ()))
        return name

    def _conversation(self, tx: Any, name: str) -> str:
        contact, _ = contacts.find_or_create(tx, scope="webchat:w", external_id=name, new_id=name, at=self.now)
        thread = {"channel": "webchat", "account": "w", "address": name}
        return conversations.find_or_open(tx, **thread, contact=contact.id, new_id=random_id(), at=self.now)[0].id

    def _over(self, name: str, where: object) -> tuple[str, str]:
        found = self.store.read(lambda tx: interactions.get(tx, name))
        story = self.store.read(lambda tx: events.of_interaction(tx, name))
        kept = self.flows.load(name)
        assert found is not None and kept is not None
        assert kept.is_over, (where, kept.waits_for)
        closed = [one.cause for _, one in story if isinstance(one, InteractionClosed)]
        assert closed == [kept.cause], (where, closed, kept.cause)
        return found.state, kept.cause

    def hang_up_everywhere(self) -> int:
        """Every step at every moment of the whole proof; in the suite the moments take turns."""
        count, turns, leavings = 0, cycle(MOMENTS), cycle(LEAVINGS)
        for block in self.site.blocks.values():
            for index, step in enumerate(block.steps):
                for moment in MOMENTS if WHOLE else (next(turns), next(turns)):
                    if step.is_for("voice"):
                        state, cause = self.call_at(block.id, index, moment)
                        assert state == InteractionState.CLOSED and cause, (block.id, index, moment)
                        count += 1
                for leaving in LEAVINGS if WHOLE else (next(leavings), next(leavings)):
                    if step.is_for("text"):
                        state, cause = self.chat_at(block.id, index, leaving)
                        assert state == InteractionState.CLOSED and cause, (block.id, index, leaving)
                        count += 1
        return count

    def left_over(self) -> dict[str, Any]:
        """Whatever is still there that a call that is over should have taken along."""
        world = self.dispatcher.world
        messages = {one.id for one in world.interactions.values() if one.channel == "voicemail"}
        callbacks = {one.id for one in world.interactions.values() if one.parent and one.channel != "voicemail"}
        return {
            "interactions": set(world.interactions) - messages - callbacks,
            "offers": [one for one in world.offers.values() if one.interaction not in messages | callbacks],
            "legs": dict(self.calls._legs),
            "takes": dict(self.steps.voicemails._takes),
            "notes": self.store.read(lambda tx: jobs.waiting(tx, "voicemail")),
            "failures": self.calls.failures,
            "timers": dict(self.chats._timers),
            "at work": set(self.chats._at_work),
        }

    def close(self) -> None:
        self.dispatcher.stop()
        self.store.close()


def greenlets() -> int:
    gevent.sleep(0.01)  # greenlets that end now get the hub once more
    gc.collect()
    return sum(isinstance(one, gevent.Greenlet) and not one.dead for one in gc.get_objects())


def nothing_left(house: House, before: int) -> None:
    left = house.left_over()
    assert not any(left.values()), left
    assert greenlets() <= before


@pytest.fixture
def folder() -> Iterator[Path]:
    """In memory, where there is such a place: thousands of commits."""
    memory = Path("/dev/shm")
    with tempfile.TemporaryDirectory(dir=memory if memory.is_dir() else None) as place:
        yield Path(place) / "site"


@pytest.mark.parametrize("name", sorted(one.name for one in SITES.iterdir() if (one / "site.yaml").exists()))
def test_every_step_of_the_example_sites(folder: Path, name: str) -> None:
    site, problems = load_site(SITES / name)
    assert site is not None, problems
    house = House(folder, site)
    before = greenlets()
    try:
        assert house.hang_up_everywhere() >= 2 * len(site.blocks)
        nothing_left(house, before)
    finally:
        house.close()


def test_every_step_of_random_flows(folder: Path) -> None:
    dice = random.Random(20261129)
    texts = {f"flows/r{number}.yaml": random_flow(dice, f"r{number}") for number in range(FLOWS)}
    texts |= {"flows/two.yaml": "flow: two\nstart:\n  - hangup\n"}
    site, problems = read_site({"site.yaml": SITE.replace("main", "r0"), **texts, **ARTICLES}, PROMPTS)
    assert site is not None, [str(problem) for problem in problems][:3]
    house = House(folder, site)
    before = greenlets()
    try:
        assert house.hang_up_everywhere() >= FLOWS * len(SECTIONS)
        nothing_left(house, before)
    finally:
        house.close()


def random_flow(dice: random.Random, name: str) -> str:
    lines = [f"flow: {name}"]
    for section in SECTIONS:
        lines.append(f"{section}:")
        for text in dice.choices(STEP_TEXTS, k=dice.randint(1, 3)):
            way = dice.choice((*SECTIONS, "hangup", "next"))
            lines.append(f"  - {text}".replace("WAY", way).replace("https://x.example", "http://127.0.0.1:1"))
    return "\n".join(lines) + "\n"
