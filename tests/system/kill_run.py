"""Calls, chats and agents that go on while the daemon is killed again and again: SIPp callers, visitors, robot agents.

Owns: what each person does and what they saw. Not here: the site, the kills, the verdict (``test_killed_often``).
A visitor sends a message again under its own id until it is taken, as the chat page does.
"""

from __future__ import annotations

import asyncio
import http.client
import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

import requests

from eslapp.demo.timeline import Unseen
from eslapp.demo.web import Desk, session
from eslapp.softphone import Phone, PhoneCall, PhoneError
from tests.system.running_site import RunningSite

TEXTS = 3  # of each visitor
SPREAD_S = 90.0  # over which many visitors come; few come faster
GIVE_UP_S = 1_800.0


@dataclass
class Seen:
    """From many threads. ``taken``: texts of visitors that were acknowledged; ``answered``: visitors who were."""

    attempted: int = 0
    taken: list[str] = field(default_factory=list)
    answered: set[str] = field(default_factory=set)
    doubled: list[str] = field(default_factory=list)
    talks: int = 0
    failures: list[str] = field(default_factory=list)


class Until:
    """Do it again until it works, or until everybody has given up."""

    def __init__(self) -> None:
        self.stopping = threading.Event()
        self.deadline = time.monotonic() + GIVE_UP_S

    @property
    def is_over(self) -> bool:
        return self.stopping.is_set() or time.monotonic() > self.deadline

    def works(self, work: Callable[[], Any]) -> Any:
        while not self.is_over:
            with suppress(Unseen, requests.RequestException, OSError, ValueError, KeyError, http.client.HTTPException):
                return work()
            time.sleep(0.2)
        raise Unseen("it never worked")


@dataclass
class Visitor:
    """One of them; ``name`` is in every text."""

    url: str  # the same after each kill
    number: int
    comes_after_s: float
    seen: Seen
    until: Until

    def run(self) -> None:
        try:
            self._run()
        except Exception as error:  # told at the end
            self.seen.failures.append(f"{self.name}: {type(error).__name__} {error}")

    @property
    def name(self) -> str:
        return f"v{self.number}"

    def _run(self) -> None:
        time.sleep(self.comes_after_s)  # visitors come one after the other
        token = self.until.works(self._begin)
        self._headers = {"Authorization": f"Bearer {token}"}
        for place in range(TEXTS):
            text = f"{self.name}-{place}"
            self.seen.attempted += 1
            self.until.works(lambda text=text: self._ask("POST", "messages", {"client_id": f"id-{text}", "text": text}))
            self.seen.taken.append(text)
            time.sleep(0.5)
        while not self._is_answered():
            if self.until.is_over:
                raise Unseen("nobody answered")
            time.sleep(1.0)
        self.seen.answered.add(self.name)
        self.until.works(lambda: self._ask("POST", "end", {}))

    def _is_answered(self) -> bool:
        shown = self.until.works(lambda: self._ask("GET", "messages"))["messages"]
        mine = [one["text"] for one in shown if one["from"] == "you"]
        theirs = [one["text"] for one in shown if one["from"] == "agent"]
        if len(mine) != len(set(mine)) or len(theirs) > 1:
            self.seen.doubled.append(f"{self.name}: {mine} {theirs}")
        return bool(theirs)

    def _begin(self) -> str:
        """From an address of its own: new visitors of one are counted."""
        host, _, port = self.url.removeprefix("http://").partition(":")
        source = (f"127.1.{self.number // 250}.{1 + self.number % 250}", 0)
        line = http.client.HTTPConnection(host, int(port), timeout=5, source_address=source)
        try:
            body = json.dumps({"language": "en", "name": self.name})
            line.request("POST", "/chat/session", body, {"Content-Type": "application/json"})
            answer = line.getresponse()
            if answer.status != 200:
                raise Unseen(f"{answer.status}")
            return str(json.loads(answer.read())["token"])
        finally:
            line.close()

    def _ask(self, method: str, path: str, body: dict[str, Any] | None = None) -> Any:
        with session() as line:
            answer = line.request(method, f"{self.url}/chat/{path}", json=body, headers=self._headers, timeout=5)
        if answer.status_code != 200:
            raise Unseen(f"{method} {path}: {answer.status_code}")
        return answer.json()


@dataclass
class Robot:
    """An agent: takes each chat, answers it once; ``phone`` takes each call and ends it after a moment."""

    site: RunningSite
    agent: str
    talk_s: float
    seen: Seen
    until: Until

    def serve(self) -> None:
        desk = self.until.works(lambda: self.site.desk(self.agent))
        self._ready(desk)
        while not self.until.is_over:
            with suppress(Unseen, requests.RequestException, OSError, KeyError):
                self._look(desk)
            time.sleep(0.3)

    def _ready(self, desk: Desk) -> None:
        self.until.works(lambda: desk.post(f"/api/agents/{self.agent}/presence", presence="available"))

    def _look(self, desk: Desk) -> None:
        shown = desk.get("/api/desk")
        if shown["agent"]["presence"] != "available":  # a call that was not answered in time
            self._ready(desk)
        for offer in shown["offers"]:
            if offer["medium"] == "text":
                with suppress(Unseen):
                    desk.post(f"/api/offers/{offer['id']}/accept")
        for one in shown["interactions"]:
            if one["medium"] == "voice" and one["state"] == "connected":
                if shown["now"] - one["connected_at"] >= self.talk_s:
                    with suppress(Unseen):
                        desk.post(f"/api/interactions/{one['id']}/end")
            if one["medium"] == "text" and one["state"] == "connected":
                path = f"/api/interactions/{one['id']}/messages"
                with suppress(Unseen):
                    desk.post(path, text=f"answer of {self.agent}", client_id=f"a-{one['id'][:24]}")

    async def phone(self, ready: asyncio.Event) -> None:
        async with Phone(self.site.sip, self.agent, self.site.phone_password(self.agent)) as phone:
            await phone.register()
            ready.set()
            while not self.until.is_over:
                with suppress(PhoneError, TimeoutError):
                    await self._talk(await phone.next_call(timeout=1.0))

    async def _talk(self, call: PhoneCall) -> None:
        await call.accept()
        await call.ended(timeout=GIVE_UP_S)  # ``_look`` ends it once the two were joined
        self.seen.talks += 1


@contextmanager
def floor(
    site: RunningSite, agents: list[str], chats: int, seen: Seen, talk_s: float
) -> Iterator[list[threading.Thread]]:
    """Agents and visitors at work; gives the visitors."""
    until = Until()
    url = site.url
    robots = [Robot(site, agent, talk_s, seen, until) for agent in agents]

    async def phones() -> None:
        await asyncio.gather(*(robot.phone(asyncio.Event()) for robot in robots))

    jobs: list[Callable[[], Any]] = [lambda: asyncio.run(phones()), *(robot.serve for robot in robots)]
    staff = [threading.Thread(target=job, daemon=True) for job in jobs]
    apart_s = 0.2 if chats < 50 else SPREAD_S / chats
    come = [Visitor(url, number, number * apart_s, seen, until) for number in range(chats)]
    visitors = [threading.Thread(target=visitor.run, daemon=True) for visitor in come]
    for thread in staff:
        thread.start()
    try:
        for thread in visitors:
            thread.start()
        yield visitors
    finally:
        until.stopping.set()
        for thread in staff + visitors:
            thread.join(15)
