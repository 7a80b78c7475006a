"""A leave-key works at any time in line: in the middle of the greeting, too."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from eslapp.softphone import Phone
from tests.system.test_daemon_killed import away, state_of
from tests.system.voice_steps_site import TonesSite, write_tone

pytestmark = [pytest.mark.system, pytest.mark.timeout(180)]
SITE = """
site: Keys
languages: [en]
timezone: UTC
numbers: {"2000": line}
queues: {orders: {music: tone-400.wav}}
agents: {"1001": {name: Ann, languages: [en]}}
"""
FLOW = """
start:
  - queue: {name: orders, greeting: minute-500.wav, keys: {9: other}, full: other}
  - hangup
other:
  - say: tone-800.wav
  - hangup
"""


def test_a_key_breaks_off_the_greeting(tmp_path: Path) -> None:
    site = TonesSite(tmp_path / "site", SITE, {"line": FLOW})
    write_tone(site.dir.root / "prompts" / "minute-500.wav", 500, 60.0)
    with site:
        asyncio.run(asyncio.wait_for(story(site), 120))


async def story(site: TonesSite) -> None:
    async with AsyncExitStack() as stack:
        admin = await away(site.admin)
        phone = await stack.enter_async_context(Phone(site.sip, "13900139000"))
        call = await phone.dial("2000")
        await call.answered(timeout=20)
        await call.heard.tone(500, timeout=20)
        await away(state_of, admin, "queued")
        await call.press("5")  # leads nowhere
        await call.press("9")
        await call.heard.tone(800, timeout=40)  # the greeting lasts a minute
        await call.ended(timeout=20)
