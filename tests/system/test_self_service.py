"""Self-service on a real site: a caller and a visitor ask the business system, get a ticket, and say how it was.

The caller presses keys over SIP and RTP; the business system is a real HTTP server that can be made to stall. Also: a
caller who hangs up while it stalls is let go at once, and a daemon killed meanwhile asks again.
"""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from eslapp.demo.web import Visitor, await_that
from eslapp.softphone import Phone
from tests.system.running_site import RunningSite
from tests.system.test_daemon_killed import away

pytestmark = [pytest.mark.system, pytest.mark.slow, pytest.mark.timeout(240)]

FLOW = """flow: self
start:
  - gather:
      as: order
      prompt: {zh: 您好，欢迎致电晨光电器。, en: Welcome to Morning Light Appliances.}
      ask: {zh: 订单号？, en: Your order?}
      digits: 4
      otherwise: bye
  - lookup:
      url: $(env.SHOP)/orders/$(order)
      headers: {Authorization: Bearer $(env.SHOP_KEY)}
      within: 20 s
      save: {state: $.state}
      missing: bye
      fails: bye
  - branch: [{when: state != "lost", go: bye}]
  - ticket: {subject: {zh: 订单$(order)丢失, en: Lost $(order)}, type: delivery, level: urgent, fails: bye}
  - survey: short
bye:
  - hangup: {say: {zh: 感谢您的来电，再见。, en: Thank you for calling. Goodbye.}}
"""
MORE = """surveys: {short: {question: {zh: 您好，欢迎致电晨光电器。, en: Welcome to Morning Light Appliances.}}}
outside: {private: ["PLACE"]}
"""


class Shop(ThreadingHTTPServer):
    """The business system. ``stalls``: it takes questions and does not answer."""

    daemon_threads = True

    def __init__(self) -> None:
        self.seen: list[tuple[str, str]] = []
        self.goes_on = threading.Event()
        self.goes_on.set()
        super().__init__(("127.0.0.1", 0), Page)
        self.place = f"127.0.0.1:{self.server_address[1]}"


class Page(BaseHTTPRequestHandler):
    server: Shop

    def do_GET(self) -> None:
        self.server.seen.append((self.path, self.headers["Authorization"]))
        self.server.goes_on.wait(15)
        body = json.dumps({"state": "lost"}).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *words: Any) -> None:
        """Silence."""


@pytest.fixture
def shop() -> Iterator[Shop]:
    shop = Shop()
    threading.Thread(target=shop.serve_forever, daemon=True).start()
    yield shop
    shop.goes_on.set()
    shop.shutdown()
    shop.server_close()


def site_with(root: Path, shop: Shop) -> RunningSite:
    """The demonstration's site with a number and a web chat for the flow above."""
    site = RunningSite(root)
    settings = site.dir.root / "site.yaml"
    text = settings.read_text(encoding="utf-8")
    text = text.replace('  "4001": night\n', '  "4001": night\n  "5000": self\n')
    text = text.replace("flow: main}", "flow: self}\n  other: {type: webchat, flow: main}", 1) + MORE.replace(
        "PLACE", shop.place
    )
    settings.write_text(text, encoding="utf-8")
    (site.dir.root / "flows" / "self.yaml").write_text(FLOW, encoding="utf-8")
    site.dir.make()
    site.dir.secrets()
    stored = json.loads(site.dir.secrets_file.read_text(encoding="utf-8"))
    stored["env"] = {"SHOP": f"http://{shop.place}", "SHOP_KEY": "s3cret"}
    site.dir.secrets_file.write_text(json.dumps(stored), encoding="utf-8")
    return site


def test_callers_and_visitors_help_themselves(tmp_path: Path, shop: Shop) -> None:
    with site_with(tmp_path / "site", shop) as site:
        asyncio.run(a_caller_helps_themselves(site, shop))
        the_command_line_shows_it(site)
        asyncio.run(a_caller_hangs_up_meanwhile(site, shop))
        a_visitor_asks_and_the_daemon_dies_meanwhile(site, shop)


async def a_caller_helps_themselves(site: RunningSite, shop: Shop) -> None:
    async with Phone(site.sip, "13800138000", name="Caller") as phone:
        call = await phone.dial("5000")
        await call.answered(timeout=10)
        await call.heard.sound(timeout=10)
        shop.goes_on.clear()
        await call.press("1234")
        await away(await_that, "the question", 10, lambda: len(shop.seen) == 1)
        await call.heard.silence(timeout=10, for_s=1.0)
        await call.heard.sound(timeout=10)  # a soft beep: the line is not dead
        shop.goes_on.set()
        await call.heard.silence(timeout=40, for_s=1.5)  # after the number's digits and the survey's question
        await call.press("2")
        await call.ended(timeout=15)
    assert shop.seen == [("/orders/1234", "Bearer s3cret")]
    story = await away(closed, site, 1)
    (ticket,), (answer,) = story["tickets"], story["surveys"]
    assert (ticket["number"], ticket["level"], ticket["collected"]["order"]) == (10001, "urgent", "1234")
    assert (answer["score"], answer["is_low"]) == (2, True)
    assert story["interaction"]["outcome"] == "self_service"


def the_command_line_shows_it(site: RunningSite) -> None:
    shown = json.loads(zongji(site, "ticket", "show", "10001", "--json"))
    assert (shown["subject"], shown["state"], shown["comments"]) == ("订单1234丢失", "new", [])
    assert "订单1234丢失" in zongji(site, "ticket", "show", "10001")
    assert [row["number"] for row in json.loads(zongji(site, "ticket", "ls", "--json"))] == [10001]
    (low,) = json.loads(zongji(site, "survey", "ls", "--low", "--json"))
    assert (low["survey"], low["score"]) == ("short", 2)
    story = zongji(site, "interaction", "show", low["interaction"])
    assert "ticket 10001 new" in story and "survey short: 2 of 5 low" in story


def zongji(site: RunningSite, *words: str) -> str:
    command = [sys.executable, "-m", "eslapp.cli", *words, "--site", str(site.dir.root)]
    return subprocess.run(command, check=True, capture_output=True, text=True, timeout=30).stdout


async def a_caller_hangs_up_meanwhile(site: RunningSite, shop: Shop) -> None:
    shop.goes_on.clear()
    async with Phone(site.sip, "13800138001", name="Caller") as phone:
        call = await phone.dial("5000")
        await call.answered(timeout=10)
        await call.heard.sound(timeout=10)
        await call.press("5678")
        await away(await_that, "the question", 10, lambda: len(shop.seen) == 2)
        await call.hang_up()
        story = await away(closed, site, 2)  # while the shop still stalls
    assert story["interaction"]["outcome"] == "abandoned" and story["tickets"] == []
    shop.goes_on.set()


def a_visitor_asks_and_the_daemon_dies_meanwhile(site: RunningSite, shop: Shop) -> None:
    visitor = Visitor(site.url, "en", "Ada")
    visitor.write("hello")
    await_that("the question", 10, lambda: "Your order?" in texts(visitor))
    shop.goes_on.clear()
    visitor.write("4321")
    await_that("the shop asked", 10, lambda: len(shop.seen) == 3)
    site.kill_daemon()
    await_that("the shop asked again", 15, lambda: len(shop.seen) == 4)
    shop.goes_on.set()
    await_that("the ticket", 15, lambda: "Your ticket number is 10002." in texts(visitor))


def texts(visitor: Visitor) -> list[str]:
    return [message["text"] for message in visitor.read()]


def closed(site: RunningSite, count: int) -> dict[str, Any]:
    """The story of the newest interaction once ``count`` are closed."""
    admin = site.admin()

    def look() -> Any:
        found = admin.get("/api/interactions", state="closed")["interactions"]
        return found[0] if len(found) == count else None

    return dict(admin.get(f"/api/interactions/{await_that('the closed interaction', 15, look)['id']}"))
