"""One daemon's rows and router for tests of the services around them: real store, dispatcher and flows, no switch."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from eslapp.bus import Bus
from eslapp.core import commands as c
from eslapp.core.model import Agent, Interaction, Medium, Presence, Queue
from eslapp.ids import random_id
from eslapp.services.dispatcher import Dispatcher
from eslapp.services.flow_runs import FlowRuns
from eslapp.store import Store, interactions
from ivr.engine import Engine
from ivr.loader import load_site
from ivr.site import Site

SITE = """site: Test
languages: [en]
timezone: UTC
numbers: {"1000": main}
channels: {website: {type: webchat, flow: main}}
skills: [orders]
queues: {orders: {label: {en: Orders}, skills: {orders: 1}}}
agents: {"1001": {name: Ann, skills: {orders: 1}, languages: [en]}}
"""
FLOW = """flow: main
start:
  - queue: {name: orders, after: {wait: 10 min, go: busy}}
busy:
  - say: {en: Please try again later.}
  - hangup: {outcome: overflowed}
"""


class Clock:
    """Stands still unless told."""

    def __init__(self) -> None:
        self.now = 1_790_000_000.0

    def __call__(self) -> float:
        return self.now


class Floor:
    """``wrap_up_s`` 0: a talk's end is the interaction's end; ``more``: further lines of ``site.yaml``; ``limit``: of
    who may wait, ``longest_wait_s``: for how long."""

    def __init__(
        self,
        folder: Path,
        *,
        wrap_up_s: float = 60.0,
        flow: str = FLOW,
        more: str = "",
        limit: int | None = None,
        longest_wait_s: float | None = None,
    ) -> None:
        self.site = written_site(folder / "site", flow, more)
        self.clock, self.bus = Clock(), Bus()
        self.store = Store(folder / "rows.db", publish=self.bus.publish).open(at=self.clock())
        bounds: Any = {"limit": limit, "longest_wait_s": longest_wait_s}
        queues = {"orders": Queue("orders", skills={"orders": 1}, wrap_up_s=wrap_up_s, **bounds)}
        agents = {"1001": Agent("1001", "Ann", "1001", skills={"orders": 1})}
        self.dispatcher = Dispatcher(self.store, self.bus, self.clock, random_id, queues, agents)
        self.dispatcher.start()
        self.flows = FlowRuns(store=self.store, clock=self.clock, facts=dict)
        self.flows.publish(Engine(self.site))

    def world(self) -> Any:
        return self.dispatcher.world

    def ask(self, kind: type[c.Command], **fields: Any) -> Any:
        return self.bus.submit(kind(at=self.clock(), **fields))

    def at_work(self) -> None:
        self.ask(c.SetPhone, agent="1001", registered=True)
        self.ask(c.SetPresence, agent="1001", presence=Presence.AVAILABLE)

    def waiting(self, name: str = "one", leg: str = "l-one", medium: Medium = Medium.VOICE) -> Interaction:
        """A contact in the queue step of the flow and in line."""
        self.ask(c.OpenInteraction, interaction=name, contact="c", channel="x", medium=medium, leg=leg, flow="main")
        kind = "voice" if medium == Medium.VOICE else "text"
        self.flows.keep(name, self.flows.start(flow="main", medium=kind, language="en", variables={}))
        self.ask(c.EnqueueInteraction, interaction=name, queue="orders")
        return self.now(name)

    def now(self, name: str = "one") -> Interaction:
        """The interaction as it is, open or closed."""
        found = self.store.read(lambda tx: interactions.get(tx, name))
        assert found is not None
        return found

    def close(self) -> None:
        self.dispatcher.stop()
        self.store.close()


def written_site(folder: Path, flow: str, more: str = "") -> Site:
    (folder / "flows").mkdir(parents=True)
    (folder / "site.yaml").write_text(SITE + more, encoding="utf-8")
    (folder / "flows" / "main.yaml").write_text(flow, encoding="utf-8")
    site, problems = load_site(folder)
    assert site is not None, problems
    return site
