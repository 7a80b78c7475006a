"""A running web side for tests: real store, router, site and server; ports and folders of its own.

Owns: ``House`` and its clients. The dispatcher here is the router applied in one writer transaction, without timers.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import requests
from prometheus_client import CollectorRegistry

from eslapp.bus import Bus
from eslapp.core import commands as c
from eslapp.core.commands import Command, Refused
from eslapp.core.events import Event, MessageStored
from eslapp.core.model import Agent, Medium, Presence, Queue
from eslapp.core.router import Router
from eslapp.core.settings import Settings
from eslapp.core.world import build, evolve_all
from eslapp.ids import random_id
from eslapp.sitedir import SiteDir
from eslapp.store import Store, contacts, conversations, events, messages, outbox, projection, recordings
from eslapp.store.messages import Message
from eslapp.store.recordings import Recording
from ivr.loader import load_site
from webhooks.app import create_app
from webhooks.deps import Deps, WebSettings
from webhooks.server import Server, serve

DEMO = Path(__file__).resolve().parents[2] / "ivr" / "sites" / "demo"
START = 1_790_000_000.0


class Clock:
    """Seconds that pass when a test says so."""

    def __init__(self, now: float = START) -> None:
        self.now = now

    def __call__(self) -> float:
        return self.now

    def pass_s(self, seconds: float) -> None:
        self.now += seconds


class Desk:
    """The dispatcher of these tests: decide, record and publish in one go."""

    def __init__(self, store: Store, site: Any) -> None:
        queues = [Queue(name, skills=dict(entry.skills), wrap_up_s=60.0) for name, entry in site.queues.items()]
        agents = [
            Agent(
                id=extension,
                name=entry.name,
                extension=extension,
                skills=dict(entry.skills),
                languages=tuple(entry.languages),
                capacity={medium: getattr(entry.capacity, medium.value) for medium in Medium},
            )
            for extension, entry in site.agents.items()
        ]
        self.world = build(Settings.of(queues, agents))
        self._router = Router(random_id)
        self._store = store

    def submit(self, command: Command) -> list[Event] | Refused:
        decided = self._router.decide(self.world, command)
        if isinstance(decided, Refused):
            return decided
        self._store.write(lambda tx: projection.record(tx, decided))
        self.world = evolve_all(self.world, decided)
        if not isinstance(command, c.RouteWaiting):
            self.submit(c.RouteWaiting(at=command.at))
        return decided


class House:
    """Everything of one test."""

    def __init__(self, folder: Path, settings: WebSettings | None = None, clock: Any = None) -> None:
        self.clock = clock or Clock()
        self.site_dir = SiteDir(folder)
        self.site_dir.make()
        site, problems = load_site(DEMO)
        assert site is not None, problems
        self.site = site
        self.secrets = self.site_dir.secrets(site.agents)
        self.bus = Bus()
        self.store = Store(self.site_dir.database, publish=self.bus.publish)
        self.store.open(at=self.clock())
        self.desk = Desk(self.store, site)
        self.bus.attach(self.desk.submit)
        self.arrived: list[float] = []
        self.deps = Deps(
            bus=self.bus,
            store=self.store,
            site=site,
            secrets=self.secrets,
            recordings=self.site_dir.recordings,
            clock=self.clock,
            settings=settings or WebSettings(),
            inbox_arrived=lambda: self.arrived.append(self.clock()),
            metrics=CollectorRegistry(),
        )
        self.app = create_app(self.deps)
        self.server: Server = serve(self.app, "127.0.0.1", 0)
        self.url = f"http://127.0.0.1:{self.server.port}"

    def close(self) -> None:
        self.server.stop()
        self.store.close()

    def ask(self, kind: type[Command], **fields: Any) -> Any:
        return self.bus.submit(kind(at=self.clock(), **fields))

    def sign_in(self, login: str) -> Browser:
        secret = self.secrets.admin_password if login == "admin" else self.secrets.agents[login]["web_password"]
        browser = Browser(self.url)
        answer = browser.post("/api/login", {"login": login, "password": secret})
        assert answer.status_code == 200, answer.text
        browser.headers["X-CSRF-Token"] = answer.json()["csrf"]
        return browser

    def available(self, agent: str) -> None:
        self.ask(c.SetPhone, agent=agent, registered=True)
        self.ask(c.SetPresence, agent=agent, presence=Presence.AVAILABLE)

    def chat_interaction(self, *, queue: str = "orders", name: str = "Ada", address: str = "") -> str:
        """A text contact who waits in ``queue``; returns the interaction."""
        conversation, interaction, contact = random_id(), random_id(), random_id()
        address = address or f"v-{random_id()}"

        def rows(tx: Any) -> str:
            known, _ = contacts.find_or_create(
                tx,
                scope="webchat:website",
                external_id=address,
                new_id=contact,
                at=self.clock(),
                name=name,
                language="en",
            )
            opened, _ = conversations.find_or_open(
                tx,
                channel="webchat",
                account="website",
                address=address,
                contact=known.id,
                new_id=conversation,
                at=self.clock(),
            )
            conversations.attach(tx, opened.id, interaction)
            return known.id

        known = self.store.write(rows)
        self.ask(
            c.OpenInteraction,
            interaction=interaction,
            contact=known,
            channel="webchat",
            medium=Medium.TEXT,
            leg=conversation,
            flow="main",
            language="en",
            subject=name,
        )
        self.ask(c.EnqueueInteraction, interaction=interaction, queue=queue)
        return interaction

    def call_interaction(self, *, queue: str = "orders", number: str = "13800138000") -> str:
        """A caller who waits in ``queue``; returns the interaction."""
        interaction, contact = random_id(), random_id()

        def rows(tx: Any) -> None:
            contacts.find_or_create(tx, scope="tel", external_id=number, new_id=contact, at=self.clock(), language="zh")

        self.store.write(rows)
        self.ask(
            c.OpenInteraction,
            interaction=interaction,
            contact=contact,
            channel="voice",
            medium=Medium.VOICE,
            leg=random_id(),
            flow="main",
            language="zh",
            subject=number,
        )
        self.ask(c.EnqueueInteraction, interaction=interaction, queue=queue)
        return interaction

    def connect(self, interaction: str) -> str:
        """Accept the pending offer of ``interaction`` and join; returns the agent."""
        offer = next(offer for offer in self.desk.world.offers.values() if offer.interaction == interaction)
        self.ask(c.AcceptOffer, offer=offer.id, agent=offer.agent)
        self.ask(c.ConnectInteraction, interaction=interaction)
        return offer.agent

    def say(self, interaction: str, text: str, *, author: str = "contact", **more: Any) -> Message:
        """Store a message of the conversation, as the message service does."""
        one = self.desk.world.interactions[interaction]
        direction = "in" if author == "contact" else "out"
        message = Message(
            id=random_id(),
            conversation=one.leg,
            interaction=interaction,
            channel="webchat",
            account="website",
            direction=direction,
            author=author,
            text=text,
            created_at=self.clock(),
            state="received" if direction == "in" else "queued",
            **more,
        )

        def work(tx: Any) -> Message:
            stored, _ = messages.add(tx, message)
            if direction == "out":
                address = conversations.get(tx, one.leg).address
                outbox.add(
                    tx, message=stored.id, channel="webchat", account="website", address=address, at=self.clock()
                )
            events.append(
                tx,
                MessageStored(
                    at=self.clock(),
                    interaction=interaction,
                    message=message.id,
                    direction=direction,
                    author=author,
                ),
            )
            return stored

        return self.store.write(work)

    def record_call(self, interaction: str, seconds: int = 2) -> Path:
        """A finished two-channel recording with its file."""
        name = f"{interaction}.wav"
        path = self.site_dir.recordings / name
        path.write_bytes(wav(seconds))
        recording = Recording(
            id=random_id(), interaction=interaction, path=name, started_at=self.clock(), state="finished"
        )
        self.store.write(lambda tx: recordings.start(tx, recording))
        return path


class Browser(requests.Session):
    """A client with a cookie jar and the CSRF header."""

    def __init__(self, url: str) -> None:
        super().__init__()
        self.url = url
        self.trust_env = False

    def post(self, path: str, body: Any = None, **more: Any) -> requests.Response:  # type: ignore[override]
        return super().post(self.url + path, json={} if body is None else body, timeout=10, **more)

    def get(self, path: str, **more: Any) -> requests.Response:  # type: ignore[override]
        return super().get(self.url + path, timeout=10, **more)


@contextmanager
def stream(client: Browser, path: str, **headers: str) -> Iterator[Any]:
    """Server-sent events as ``(event, id, data)``, read with a deadline."""
    with requests.Session.get(client, client.url + path, stream=True, timeout=10, headers=headers) as answer:
        assert answer.status_code == 200, answer.text
        yield parsed(answer)


def parsed(answer: requests.Response) -> Iterator[tuple[str, str, str]]:
    """The events of a stream; comments come as ``("", "", "")``."""
    event = number = data = ""
    for raw in answer.iter_lines(chunk_size=1):
        line = raw.decode()
        if line.startswith("event: "):
            event = line[7:]
        elif line.startswith("id: "):
            number = line[4:]
        elif line.startswith("data: "):
            data = line[6:]
        elif not line:
            yield event, number, data
            event = number = data = ""


def wav(seconds: int) -> bytes:
    """A silent two-channel WAV, 8 kHz, 16 bit."""
    frames = b"\0" * (seconds * 8000 * 4)
    head = b"fmt " + struct.pack("<IHHIIHH", 16, 1, 2, 8000, 32000, 4, 16)
    body = b"WAVE" + head + b"data" + struct.pack("<I", len(frames)) + frames
    return b"RIFF" + struct.pack("<I", len(body)) + body
