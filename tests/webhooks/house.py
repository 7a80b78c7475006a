"""A running web side for tests: real store, dispatcher, flows, site and server; folders and ports of its own.

Owns: ``House``. Not here: its clients (``clients``, ``browser``), which work in threads: nothing is monkey-patched.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import gevent
from argon2 import PasswordHasher
from clients import Client
from gevent.queue import Empty
from lazy_rules import build_addresses_when_asked
from prometheus_client import CollectorRegistry

from eslapp.bus import Bus
from eslapp.core import commands as c
from eslapp.core.commands import Command
from eslapp.core.events import MessageStored
from eslapp.core.model import Medium, Offer, Presence
from eslapp.core.settings import agents_of, queues_of
from eslapp.core.world import World
from eslapp.ids import random_id
from eslapp.log import spawn
from eslapp.services.chats import Chats
from eslapp.services.dispatcher import Dispatcher
from eslapp.services.flow_runs import FlowRuns
from eslapp.services.inbox_worker import InboxWorker, Source
from eslapp.sitedir import SiteDir
from eslapp.store import Store, contacts, conversations, events, messages, outbox, recordings
from eslapp.store.messages import Message
from eslapp.store.recordings import Recording
from ivr.engine import Engine
from ivr.loader import load_site
from ivr.site import ChannelSettings, Site
from webhooks.app import channels_of, create_app, live_part
from webhooks.channels import CHANNELS
from webhooks.deps import Deps, WebSettings
from webhooks.media_worker import MediaWorker
from webhooks.puller import Puller
from webhooks.server import Server, serve

DEMO = Path(__file__).resolve().parents[2] / "ivr" / "sites" / "demo"
START = 1_790_000_000.0
CHEAP = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
build_addresses_when_asked()


@cache
def demo_site() -> Site:
    """The demo site, read once: nobody changes it."""
    site, problems = load_site(DEMO)
    assert site is not None, problems
    return site


class Clock:
    """Seconds that pass when a test says so."""

    def __init__(self, now: float = START) -> None:
        self.now = now

    def __call__(self) -> float:
        return self.now

    def pass_s(self, seconds: float) -> None:
        self.now += seconds


def source_of(channel_account: str) -> Source:
    """As the daemon does."""
    kind, _, account = channel_account.partition(":")
    return Source(kind, account, "main", CHANNELS[kind].capabilities.grants)


class House:
    """Everything of one test."""

    def __init__(
        self,
        folder: Path,
        settings: WebSettings | None = None,
        clock: Any = None,
        *,
        is_cheap: bool = True,
        channels: Mapping[str, dict[str, Any]] | None = None,
        words: Mapping[str, str] | None = None,
        change: Callable[[Site], Site] = lambda site: site,
    ) -> None:
        """``is_cheap``: agents' passwords cost nothing to check; ``channels``: more for the site, ``words``
        behind their ``$(env.NAME)``; ``change``: of it."""
        self.clock = clock or Clock()
        self.site_dir = SiteDir(folder)
        self.site_dir.make()
        site = demo_site()
        if channels:
            more = {name: ChannelSettings.model_validate(entry) for name, entry in channels.items()}
            site = replace(site, channels={**site.channels, **more})
        site = self.site = change(site)
        self.secrets = self.site_dir.secrets(site.agents)
        for entry in self.secrets.agents.values() if is_cheap else ():
            entry["web_password_hash"] = CHEAP.hash(entry["web_password"])
        self.bus = Bus()
        self.store = Store(self.site_dir.database, publish=self.bus.publish)
        self.store.open(at=self.clock())
        self.dispatcher = Dispatcher(
            store=self.store,
            bus=self.bus,
            clock=self.clock,
            ids=random_id,
            queues=queues_of(site),
            agents=agents_of(site),
        )
        self._build_chats()
        self.deps = Deps(
            bus=self.bus,
            store=self.store,
            site=site,
            secrets=self.secrets,
            recordings=self.site_dir.recordings,
            media=self.site_dir.media,
            word=dict(words).get if words else self.site_dir.word,
            clock=self.clock,
            settings=settings or WebSettings(),
            inbox_arrived=self.inbox.wake,
            metrics=CollectorRegistry(),
        )
        self.app = create_app(self.deps)
        self._greenlets = [spawn(self._tell), spawn(self.inbox.run)]
        gevent.idle()
        self.dispatcher.start()
        self.server: Server = serve(self.app, "127.0.0.1", 0)
        self.url = f"http://127.0.0.1:{self.server.port}"

    @property
    def world(self) -> World:
        return self.dispatcher.world

    def parse(self, source: Source, raw: Any) -> Any:
        """As the daemon does."""
        account = channels_of(self.app).of(source.account)
        return CHANNELS[source.type].parse(raw, account) if account else []

    def _build_chats(self) -> None:
        self.flows = FlowRuns(store=self.store, clock=self.clock, facts=dict)
        self.flows.publish(Engine(self.site))
        common = {"bus": self.bus, "store": self.store, "flows": self.flows, "clock": self.clock, "ids": random_id}
        self.chats = Chats(world=lambda: self.world, **common)
        self.inbox = InboxWorker(
            chats=self.chats,
            world=lambda: self.world,
            source_of=source_of,
            parse=lambda source, raw: self.parse(source, raw),
            nudge=lambda account, said, whose: live_part(self.app, Puller).wake(account, said, whose),
            media_added=lambda: live_part(self.app, MediaWorker).wake(),
            **common,
        )

    def _tell(self) -> None:
        with self.bus.subscribe() as inbox:
            while True:
                with suppress(Empty):
                    self.chats.on_event(inbox.get(timeout=60)[1])

    def close(self) -> None:
        self.server.stop(timeout=0.02)
        gevent.killall(self._greenlets)
        self.dispatcher.stop()
        self.store.close()

    def until(self, holds: Callable[[], Any], what: str = "it") -> Any:
        """Wait for something that follows from events, with a deadline."""
        with self.bus.subscribe() as inbox:
            for _ in range(400):
                found = holds()
                if found:
                    return found
                with suppress(Empty):
                    inbox.get(timeout=0.02)
        raise AssertionError(f"waited in vain for {what}")

    def ask(self, kind: type[Command], **fields: Any) -> Any:
        return self.bus.submit(kind(at=self.clock(), **fields))

    def password(self, login: str) -> str:
        """The generated password of ``login``."""
        return self.secrets.admin_password if login == "admin" else self.secrets.agents[login]["web_password"]

    def client(self) -> Client:
        """A browser without a session."""
        return Client(self.url)

    def sign_in(self, login: str) -> Client:
        """A signed-in browser with its CSRF header."""
        client = self.client()
        answer = client.post("/api/login", {"login": login, "password": self.password(login)})
        assert answer.status_code == 200, answer.text
        client.headers["X-CSRF-Token"] = answer.json()["csrf"]
        return client

    def available(self, agent: str) -> None:
        self.ask(c.SetPhone, agent=agent, registered=True)
        self.ask(c.SetPresence, agent=agent, presence=Presence.AVAILABLE)

    def chat_interaction(self, *, queue: str = "orders", name: str = "Ada", address: str = "") -> str:
        """A text contact who waits in ``queue``; returns the interaction."""
        conversation, interaction, contact = random_id(), random_id(), random_id()
        address = address or f"v-{random_id()}"

        def rows(tx: Any) -> tuple[str, str]:
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
            return known.id, opened.id

        known, leg = self.store.write(rows)
        self.ask(
            c.OpenInteraction,
            interaction=interaction,
            contact=known,
            channel="webchat",
            medium=Medium.TEXT,
            leg=leg,
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
        offer = self.until(lambda: self.offer_of(interaction), "an offer")
        self.ask(c.AcceptOffer, offer=offer.id, agent=offer.agent)
        self.ask(c.ConnectInteraction, interaction=interaction)
        self.until(lambda: self.state(interaction) == "connected", "the connection")
        return offer.agent

    def offer_of(self, interaction: str) -> Offer | None:
        """The live offer of ``interaction``."""
        return next((offer for offer in self.world.offers.values() if offer.interaction == interaction), None)

    def state(self, interaction: str) -> str:
        """Where ``interaction`` stands; "" when it is closed."""
        found = self.world.interaction(interaction)
        return found.state.value if found else ""

    def say(self, interaction: str, text: str, *, author: str = "contact", **more: Any) -> Message:
        """Store a message of the conversation, as the message service does."""
        one = self.world.interactions[interaction]
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


def wav(seconds: int) -> bytes:
    """A silent two-channel WAV, 8 kHz, 16 bit."""
    frames = b"\0" * (seconds * 8000 * 4)
    head = b"fmt " + struct.pack("<IHHIIHH", 16, 1, 2, 8000, 32000, 4, 16)
    body = b"WAVE" + head + b"data" + struct.pack("<I", len(frames)) + frames
    return b"RIFF" + struct.pack("<I", len(body)) + body
