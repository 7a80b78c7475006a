"""A visitor chats, calls from the page, presses a key, talks with an agent: one contact, each hears the other.

On the soft switch, or on a real FreeSWITCH (``running_site``). ``ZONGJI_SCREENS=FOLDER`` keeps pictures of it.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from eslapp.demo.web import await_that
from eslapp.softphone import Phone, PhoneCall
from eslapp.softswitch.media.sources import ToneSource
from tests.softswitch.browser_lab import MICROPHONE_HZ
from tests.system.test_browser_phone import Desk, desk
from tests.system.test_daemon_killed import away
from tests.system.voice_steps_site import TonesSite

pytest.importorskip("aiortc", reason="the extra webrtc is not installed")
pytestmark = [pytest.mark.system, pytest.mark.slow, pytest.mark.timeout(240)]
AGENT_HZ, ASKING_HZ, MUSIC_HZ = 1000, 500, 400
SITE = """
site: Calls from the page
languages: [en, zh]
timezone: Asia/Shanghai
numbers: {"2000": line, "2001": other, "2002": busy}
channels:
  website: {type: webchat, flow: chat, call: "2000", embed: ["http://localhost:*"]}
  busy: {type: webchat, flow: chat, call: "2002"}
skills: [orders]
queues: {orders: {skills: {orders: 1}, music: tone-400.wav, wrapup: 1 s}}
agents: {"1001": {name: Ann, skills: {orders: 1}, languages: [en, zh]}}
"""
FLOWS = {
    "line": """
start:
  - menu: {prompt: long-500.wav, keys: {5: wait}, otherwise: over}
wait:
  - queue: {name: orders, otherwise: over}
  - hangup
over:
  - say: tone-800.wav
  - hangup
""",
    "other": """
start:
  - say: tone-1200.wav
  - hangup
""",
    "busy": """
start:
  - say: tone-500.wav
  - branch: [{when: contact.name == "", go: taken}]
  - answer
  - say: tone-600.wav
  - hangup
taken:
  - hangup: busy
""",
    "chat": """
start:
  - queue: {name: orders, otherwise: over}
  - hangup
over:
  - say: {en: Nobody is there., zh: 暂时无人。}
  - hangup
""",
}
# A call with a pass of one's own making; what came of it.
FORGED = """
const [told, done] = arguments;
import("/chat/call.js").then(({ createCall }) => {
  const seen = [];
  const call = createCall({
    getPass: async () => ({ ...window.zjTold, ...told }),
    onStream: () => {},
    onChange: (state) => { seen.push(state.stage); if (state.stage === "over") done([seen, state.trouble]); },
  });
  call.start();
});
"""
ASK = """
const done = arguments[0];
const token = Object.entries(localStorage).find(([key]) => key.startsWith("zj-chat-token"))[1];
const headers = { "Content-Type": "application/json", Authorization: `Bearer ${token}` };
fetch("/chat/call", { method: "POST", body: "{}", headers }).then(async (answer) => {
  const told = await answer.json();
  if (answer.ok) window.zjTold = told;
  done([answer.status, told.error || ""]);
});
"""


def test_a_visitor_calls_from_the_chat_and_talks_with_an_agent(tmp_path: Path) -> None:
    with TonesSite(tmp_path / "site", SITE, FLOWS) as site:
        asyncio.run(asyncio.wait_for(story(site, tmp_path), 220))


async def story(site: TonesSite, folder: Path) -> None:
    async with Phone(site.sip, "1001", site.phone_password("1001")) as phone, desk(folder) as page:
        await phone.register()
        agent = await away(site.desk, "1001")
        await away(lambda: agent.post("/api/agents/1001/presence", presence="available"))
        chat = await writes(page, site, agent)
        await page.press(".call-button")
        await page.hears(ASKING_HZ, timeout=30)
        await look(page, "calling")
        await page.press(".call-tools [title=Keypad]")
        await look(page, "keypad")
        await page.press(".keypad .button:nth-of-type(5)")
        await page.hears(MUSIC_HZ, timeout=20)
        call = await phone.next_call(timeout=20)
        await call.accept()
        await talks(page, call)
        await look(page, "talking")
        admin = await away(site.admin)
        await away(await_that, "the call at the agent", 15, lambda: is_same_contact(admin, chat))
        assert await asks(page) == [409, "calling-already"]
        await page.press(".call-tools .call-end")
        await call.ended(timeout=10)
        await page.until("return !document.querySelector('.callbar')")
        await away(await_that, "the end of the call", 15, lambda: not connected(admin).get("voice"))
        await only_with_a_pass(page, site)


async def writes(page: Desk, site: TonesSite, agent: Any) -> dict[str, Any]:
    """The visitor's chat, which the agent has."""
    await page.resize("narrow")
    await away(page.driver.get, f"{site.url}/chat?lang=en")
    await page.press(".welcome .primary")
    offer = await away(agent.await_offer, "text", 20)
    await away(lambda: agent.post(f"/api/offers/{offer['id']}/accept"))
    await page.sees(".status", "Ann is with you")
    return dict((await away(agent.get, f"/api/interactions/{offer['interaction']}"))["interaction"])


async def talks(page: Desk, call: PhoneCall) -> None:
    """Both directions, and mute."""
    call.start_playing(ToneSource([(float(AGENT_HZ),)], on_ms=60_000))
    await page.hears(AGENT_HZ, timeout=20)
    await call.heard.tone(MICROPHONE_HZ, timeout=20)
    await page.press(".call-tools [title=Mute]")
    await call.heard.silence(timeout=10)
    await page.sees(".callbar", "Microphone off")
    await page.press(".call-tools [title=Unmute]")
    await call.heard.tone(MICROPHONE_HZ, timeout=10)


def connected(admin: Any) -> dict[str, dict[str, Any]]:
    """What is in a talk, by channel."""
    return {one["channel"]: one for one in admin.get("/api/interactions", state="connected")["interactions"]}


def is_same_contact(admin: Any, chat: dict[str, Any]) -> bool:
    """The call is beside the chat: one contact, one chain, one agent."""
    talk = connected(admin).get("voice")
    if talk is None:
        return False
    for what in ("contact", "chain", "agent"):
        assert talk[what] == chat[what], what
    assert (talk["parent"], talk["subject"], talk["language"]) == (chat["id"], "", "en")
    return True


async def look(page: Desk, name: str) -> None:
    """Nothing is cut off in either size; pictures in both languages, where they are wanted."""
    for size in ("wide", "narrow"):
        await page.resize(size)
        assert await page.run("return document.documentElement.scrollWidth <= document.documentElement.clientWidth")
    await page.keep(f"web-call-{name}", ".head .language")


async def asks(page: Desk) -> list[Any]:
    return list(await away(page.driver.execute_async_script, ASK))


async def tries(page: Desk, **told: str) -> list[Any]:
    """A call by a script of somebody's own, who was told something else: (its stages, its trouble)."""
    return list(await away(page.driver.execute_async_script, FORGED, told))


async def only_with_a_pass(page: Desk, site: TonesSite) -> None:
    """No pass: asked for a digest. False, of another number, used: the daemon ends it, and nobody is in a flow."""
    await away(page.driver.set_script_timeout, 60)
    assert await asks(page) == [200, ""]
    refused = [["opening", "calling", "over"], "failed"]
    assert await tries(page, **{"pass": ""}) == refused
    assert await tries(page, number="1001") == refused  # an agent's extension
    assert await tries(page, url="ws://127.0.0.1:9") == [["opening", "calling", "over"], "noNetwork"]
    admin = await away(site.admin)
    before = await calls(admin)
    for told in ({"pass": "x.y"}, {"number": "2001"}):
        assert (await tries(page, **told))[0][-1] == "over"
    assert await calls(admin) == before
    log = await away(site.daemon_log)
    assert log.count("call-turned-away") == 2, log[-2000:]


async def calls(admin: Any) -> int:
    return len(
        [one for one in (await away(admin.get, "/api/interactions"))["interactions"] if one["channel"] == "voice"]
    )


def test_who_refuses_the_microphone_reads_it_in_both_languages(tmp_path: Path) -> None:
    with TonesSite(tmp_path / "site", SITE, FLOWS) as site:
        asyncio.run(asyncio.wait_for(refusal(site, tmp_path), 100))


async def refusal(site: TonesSite, folder: Path) -> None:
    async with desk(folder, grants=False) as page:
        await page.resize("narrow")
        await away(page.driver.get, f"{site.url}/chat?lang=en")
        await page.press(".call-button")
        await page.sees(".callbar", "may not use the microphone")
        await page.press(".head-button[aria-label='切换到中文']")
        await page.sees(".callbar", "无权使用麦克风")
        admin = await away(site.admin)
        assert (await away(admin.get, "/api/interactions"))["interactions"] == []


def test_who_is_turned_away_before_the_answer_reads_why(tmp_path: Path) -> None:
    with TonesSite(tmp_path / "site", SITE, FLOWS) as site:
        asyncio.run(asyncio.wait_for(busy(site, tmp_path), 100))


async def busy(site: TonesSite, folder: Path) -> None:
    async with desk(folder) as page:
        await page.resize("narrow")
        await away(page.driver.get, f"{site.url}/chat?lang=zh&channel=busy")
        await page.press(".call-button")
        await page.sees(".callbar", "线路繁忙", timeout=40)
        await page.press(".head .language")
        await page.sees(".callbar", "All lines are busy")
        await page.press(".callbar [title=Close]")
        await page.until("return !document.querySelector('.callbar')")


@contextmanager
def shop(site: TonesSite) -> Iterator[str]:
    """A page of another site that embeds the widget."""
    script = f'<script src="{site.url}/chat/widget.js" data-channel="website" data-lang="en" async></script>'

    class Page(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.end_headers()
            self.wfile.write(f"<!doctype html><title>Shop</title><body>{script}</body>".encode())

        def log_message(self, *_: object) -> None:
            """Quiet."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Page) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://localhost:{server.server_port}"
        server.shutdown()


def test_a_visitor_calls_from_the_widget_on_another_sites_page(tmp_path: Path) -> None:
    with TonesSite(tmp_path / "site", SITE, FLOWS) as site, shop(site) as url:
        asyncio.run(asyncio.wait_for(embedded(site, url, tmp_path), 100))


async def embedded(site: TonesSite, url: str, folder: Path) -> None:
    async with desk(folder) as page:
        await page.resize("narrow")
        await away(page.driver.get, url)
        widget = "document.querySelector('[data-zongji-chat]')?.shadowRoot"
        await page.until(f"const one = {widget}?.querySelector('button'); one?.click(); return Boolean(one)")
        frame = await page.until(f"return {widget}.querySelector('iframe[src]')")
        await away(page.driver.switch_to.frame, frame)
        await page.press(".call-button")
        await page.sees(".call-state", "On a call", timeout=40)  # the microphone was allowed in the frame
        await page.press(".call-tools .call-end")
        await page.until("return !document.querySelector('.callbar')")
        admin = await away(site.admin)
        (call,) = (await away(admin.get, "/api/interactions"))["interactions"]
        assert (call["channel"], call["parent"], call["language"]) == ("voice", "", "en")
