"""R17: half of the visitors' and half of the agents' browsers are killed in the middle of chats.

No message is lost or shown twice, a page that comes back goes on by Last-Event-ID, and the chats of agents who are gone
are back in line 60 +- 5 s later, at their old places. ``ZONGJI_BROWSERS=200`` (chats) for the full size. Prints the
five counts.
"""

from __future__ import annotations

import os
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from queue import SimpleQueue
from typing import Any

import pytest
from requests.adapters import HTTPAdapter

from eslapp.demo.timeline import Unseen
from eslapp.demo.web import Desk, await_that, session
from tests.system.browser_streams import BrowserStream
from tests.system.kill_run import Seen, Until
from tests.system.kill_run import Visitor as Writer
from tests.system.test_killed_often import Floor

pytestmark = [pytest.mark.system, pytest.mark.slow, pytest.mark.timeout(600)]
CHATS = int(os.environ.get("ZONGJI_BROWSERS", "8"))
AGENTS = [str(1001 + number) for number in range(CHATS // 2)]  # two chats each; half of them can take all
BACK_S, BACK_WITHIN_S = 60.0, 5.0


class Page(Writer):
    """A visitor's page: writes, and shows what its stream brings."""

    def begin(self) -> None:
        self.token = self.until.works(self._begin)
        self._headers = {"Authorization": f"Bearer {self.token}"}
        self.shown: dict[int, str] = {}  # number -> text
        self.twice: list[int] = []
        self.stream = BrowserStream(self.url, "/chat/events", self._headers, self._take)
        self.write(0)
        self.stream.open()

    def write(self, place: int) -> None:
        text = f"{self.name}-{place}"
        self.seen.attempted += 1
        self.until.works(lambda: self._ask("POST", "messages", {"client_id": f"id-{text}", "text": text}))
        self.seen.taken.append(text)

    def _take(self, event: str, body: Any) -> None:
        if event == "message":
            if body["seq"] in self.shown and not body.get("is_read"):
                self.twice.append(body["seq"])
            self.shown[body["seq"]] = body["text"]

    def has(self, text: str) -> bool:
        return text in self.shown.values()


class FarDesk(Desk):
    """From an address of its own: sign-ins of one are counted."""

    def __init__(self, site: Floor, agent: str) -> None:
        self._url, self._http = site.url, session()
        self._http.mount("http://", FromAddress(f"127.2.{int(agent) // 250}.{1 + int(agent) % 250}"))
        password = site.dir.secrets().agents[agent]["web_password"]
        self.me = self.post("/api/login", login=agent, password=password)
        self._http.headers["X-CSRF-Token"] = self.me["csrf"]


class FromAddress(HTTPAdapter):
    """Connects from this one."""

    def __init__(self, address: str) -> None:
        self._address = address
        super().__init__()

    def init_poolmanager(self, *given: Any, **more: Any) -> Any:
        return super().init_poolmanager(*given, source_address=(self._address, 0), **more)


class Workbench:
    """An agent's page: takes every chat that its stream tells of."""

    def __init__(self, site: Floor, agent: str) -> None:
        self.agent, self.desk = agent, FarDesk(site, agent)
        self._offers: SimpleQueue[str] = SimpleQueue()
        cookie = "; ".join(f"{one.name}={one.value}" for one in self.desk._http.cookies)
        self.stream = BrowserStream(site.url, "/api/events", {"Cookie": cookie}, self._take)
        threading.Thread(target=self._accept, daemon=True).start()

    def start(self) -> None:
        self.stream.open()
        self.desk.post(f"/api/agents/{self.agent}/presence", presence="available")

    def _take(self, event: str, body: Any) -> None:
        if event == "OfferMade":
            self._offers.put(body["offer"]["id"])

    def _accept(self) -> None:
        while True:
            try:
                self.desk.post(f"/api/offers/{self._offers.get()}/accept")
            except Unseen:  # taken back meanwhile
                continue

    def answer(self, what: str) -> int:
        """Say something in every chat of theirs; how many there were."""
        mine = self.desk.get("/api/desk")["interactions"]
        for one in mine:
            client_id = f"{what}-{one['id'][:20]}"
            self.desk.post(f"/api/interactions/{one['id']}/messages", text=what, client_id=client_id)
        return len(mine)


def connected(site: Floor, agents: list[str]) -> int:
    names = ",".join(f"'{agent}'" for agent in agents)
    sql = f"SELECT count(*) FROM interactions WHERE state = 'connected' AND agent IN ({names})"
    return int(site.rows(sql)[0][0])


def everybody(pages: list[Page], text: str) -> bool:
    return all(page.has(text) for page in pages)


def test_killed_browsers_lose_and_double_nothing(tmp_path: Path) -> None:
    seen = Seen()
    with Floor(tmp_path / "site", AGENTS) as site, ThreadPoolExecutor(16) as pool:
        until = Until()
        benches = list(pool.map(lambda agent: Workbench(site, agent), AGENTS))
        list(pool.map(Workbench.start, benches))
        pages = [Page(site.url, number, 0.0, seen, until) for number in range(CHATS)]
        list(pool.map(Page.begin, pages))
        await_that("all chats with an agent", 60, lambda: connected(site, AGENTS) == CHATS)
        assert sum(pool.map(lambda bench: bench.answer("first"), benches)) == CHATS
        await_that("the first answer on every page", 30, lambda: everybody(pages, "first"))
        places = dict(site.rows("SELECT id, queued_at FROM interactions"))

        killed_pages, killed_benches, working = pages[::2], benches[::2], benches[1::2]
        lost = dict(site.rows("SELECT id, agent FROM interactions WHERE state = 'connected'"))
        for browser in (*killed_pages, *killed_benches):
            browser.stream.cut()
        killed_at = time.time()
        list(pool.map(lambda bench: bench.answer("second"), working))  # to pages that are gone, too
        list(pool.map(lambda page: page.write(1), pages[1::2]))  # to agents who are gone, too
        list(pool.map(lambda page: page.stream.open(), killed_pages))
        list(pool.map(lambda page: page.write(2), killed_pages))
        others = [bench.agent for bench in working]
        await_that("all chats with those who are there", 120, lambda: connected(site, others) == CHATS)
        assert sum(pool.map(lambda bench: bench.answer("third"), working)) == CHATS
        await_that("the third answer on every page", 60, lambda: everybody(pages, "third"))
        gone = {bench.agent for bench in killed_benches}
        told = judge(site, seen, pages, places, {name for name, agent in lost.items() if agent in gone}, killed_at)
        reopened = sum(browser.stream.reopened for browser in (*pages, *benches))
        for browser in (*pages, *benches):
            browser.stream.cut()
    killed = f"{len(killed_pages)} pages and {len(killed_benches)} workbenches killed"
    print(f"{CHATS} chats, {killed}, {reopened} streams ended by the server: {told}")
    assert (told["lost"], told["duplicated"], told["unexpected"]) == (0, 0, 0), told
    assert told["attempted"] == told["acknowledged"]


def judge(
    site: Floor, seen: Seen, pages: list[Page], places: dict[str, float], lost: set[str], killed_at: float
) -> dict[str, Any]:
    """The five counts; and when the chats of the agents who were gone were back."""
    kept = Counter(text for (text,) in site.rows("SELECT text FROM messages WHERE direction = 'in'"))
    sent = site.rows("SELECT number, text FROM messages")
    shown: Counter[int] = Counter(number for page in pages for number in page.shown)
    back = site.rows(
        "SELECT interaction, at FROM events WHERE type = 'OfferRescinded' AND "
        "json_extract(body, '$.reason') = 'agent-gone' ORDER BY at"
    )
    after = [at - killed_at for _, at in back]
    moved = dict(site.rows("SELECT id, queued_at FROM interactions"))
    unexpected = sum(abs(one - BACK_S) > BACK_WITHIN_S for one in after) + len({name for name, _ in back} ^ lost)
    unexpected += sum(places[name] != moved[name] for name in places)
    return {
        "attempted": seen.attempted,
        "acknowledged": sum(text in kept for text in seen.taken),
        "lost": sum(shown[number] == 0 for number, _ in sent),
        "duplicated": sum(count - 1 for count in kept.values()) + sum(len(page.twice) for page in pages),
        "unexpected": unexpected,
        "back after": f"{min(after, default=0):.1f} to {max(after, default=0):.1f} s",
    }
