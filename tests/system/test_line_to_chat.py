"""A caller in line presses a key, gets an SMS with a link, opens it, goes on in the chat: same contact, same place."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import pytest

from eslapp.demo.providers.sms_twilio import SmsTwilioFake
from eslapp.demo.timeline import Unseen
from eslapp.demo.web import Visitor, await_that
from eslapp.softphone import Phone, PhoneCall
from tests.system.test_daemon_killed import away, state_of
from tests.system.voice_steps_site import TonesSite

pytestmark = [pytest.mark.system, pytest.mark.timeout(180)]
PUBLIC = "http://desk.example.com"  # not https: its cookies would not come back over loopback's http
SITE = """
site: Links
languages: [en]
timezone: Asia/Shanghai
numbers: {"2000": line}
channels:
  website: {type: webchat, flow: chat}
  sms: {type: sms_twilio, flow: chat, OPTIONS}
skills: [orders]
queues: {orders: {skills: {orders: 1}, music: tone-400.wav, wrapup: 0 s, limit: 2}}
agents: {"1001": {name: Ann, skills: {orders: 1}, languages: [en]}}
"""
FLOWS = {
    "line": """
start:
  - queue: {name: orders, keys: {3: to_chat}, hint: tone-500.wav, otherwise: over}
  - hangup
to_chat:
  - message: {text: {en: "Go on here: {link}"}, to: sms, link: website, fails: over}
  - say: tone-600.wav
  - hangup
over:
  - say: tone-800.wav
  - hangup
""",
    "chat": """
start:
  - queue: {name: orders, otherwise: over}
  - hangup
over:
  - say: {en: Nobody is there.}
  - hangup
""",
}


@pytest.fixture
def sms(monkeypatch: pytest.MonkeyPatch) -> Iterator[SmsTwilioFake]:
    provider = SmsTwilioFake()
    for name, value in provider.secrets().items():
        monkeypatch.setenv(name, value)
    yield provider
    provider.close()


class LinksSite(TonesSite):
    def __init__(self, root: Path, sms: SmsTwilioFake) -> None:
        options = ", ".join(f'{name}: "{value}"' for name, value in sms.options().items())
        super().__init__(root, SITE.replace("OPTIONS", options), FLOWS)
        self._options = ("--public-url", PUBLIC)


def test_a_key_in_line_leads_to_the_chat_and_the_place_is_kept(tmp_path: Path, sms: SmsTwilioFake) -> None:
    with LinksSite(tmp_path / "site", sms) as site:
        asyncio.run(to_the_chat(site, sms))


async def to_the_chat(site: LinksSite, sms: SmsTwilioFake) -> None:
    desk, admin = await away(site.desk, "1001"), await away(site.admin)
    await away(lambda: desk.post("/api/agents/1001/presence", presence="break"))  # somebody is there: there is a line
    async with AsyncExitStack() as stack:
        first = await in_line(stack, site, "13800138000")
        left = await away(state_of, admin, "queued")
        await in_line(stack, site, "13900139000")
        await first.press("3")
        await first.heard.tone(600, timeout=15)
        await first.ended(timeout=15)
        text = (await away(await_that, "the SMS", 20, lambda: sms.shown[0] if sms.shown else None)).text
        await in_line(stack, site, "13700137000")  # the line is full again
        assert sms.shown[0].address == "+8613800138000" and text.startswith(f"Go on here: {PUBLIC}/chat?")
        given = text.partition("#pass=")[2]
        visitor = await away(lambda: Visitor(site.url, "en", "", given=given))
        await away(visitor.write, "it is me")
        chat = await away(await_that, "the chat in line", 20, lambda: queued_chat(admin))
        for what in ("contact", "chain", "queue", "queued_at"):
            assert chat[what] == left[what], what
        await away(await_that, "three in line", 10, lambda: admin.get("/api/queues")["queues"][0]["waiting"] == 3)
        with pytest.raises(Unseen, match="link-used"):
            await away(lambda: Visitor(site.url, "en", "", given=given))
        await away(lambda: desk.post("/api/agents/1001/presence", presence="available"))
        assert (await away(desk.await_offer, "text", 20))["interaction"] == chat["id"]


async def in_line(stack: AsyncExitStack, site: LinksSite, number: str) -> PhoneCall:
    """A caller who hears the music."""
    phone = await stack.enter_async_context(Phone(site.sip, number))
    call = await phone.dial("2000")
    await call.heard.tone(400, timeout=20)
    return call


def queued_chat(admin: Any) -> Any:
    found = admin.get("/api/interactions")["interactions"]
    return next((one for one in found if one["channel"] == "webchat" and one["state"] == "queued"), None)
