"""The whisper before the join: the agent alone hears it, the caller's music goes on; who hangs up in it."""

from __future__ import annotations

import asyncio
import math
import struct
import wave
from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from eslapp.demo.web import await_that
from eslapp.softphone import Phone
from tests.system import talks_site
from tests.system.running_site import RunningSite
from tests.system.talks_site import both_hear, hears
from tests.system.test_daemon_killed import away, state_of

pytestmark = [pytest.mark.system, pytest.mark.timeout(120)]
WHISPER_HZ, WHISPER_S, RATE = 700.0, 2.0, 8000


def test_a_whisper(tmp_path: Path) -> None:
    asyncio.run(asyncio.wait_for(story(tmp_path), 100))


async def story(tmp_path: Path) -> None:
    source = talks_site.write(tmp_path / "source", 9)
    (source / "prompts").mkdir()
    write_tone(source / "prompts" / "whisper.wav")
    file = source / "site.yaml"
    whispering = file.read_text("utf-8").replace("orders: {label", "orders: {whisper: whisper.wav, label")
    file.write_text(whispering, encoding="utf-8")
    async with AsyncExitStack() as stack:
        site = RunningSite(tmp_path / "site", source=source)
        await away(site.__enter__)
        stack.push_async_callback(away, site.__exit__)
        admin, desk = await away(site.admin), await away(site.desk, "1001")
        caller = await stack.enter_async_context(Phone(site.sip, "13900139000"))
        phone = await stack.enter_async_context(Phone(site.sip, "1001", site.phone_password("1001")))
        await phone.register()
        await away(lambda: desk.post("/api/agents/1001/presence", presence="available"))

        call = await caller.dial("1000")
        ring = await phone.next_call(timeout=15)
        await ring.accept()
        await hears(ring, WHISPER_HZ)
        assert call.heard.share_of(WHISPER_HZ) < 0.03
        await away(state_of, admin, "connecting")  # not joined while it is said
        await both_hear(call, ring)
        await away(state_of, admin, "connected")
        await call.hang_up()
        await ring.ended(timeout=10)

        call = await caller.dial("1000")  # the caller gives up while the agent listens
        ring = await phone.next_call(timeout=15)
        await ring.accept()
        await hears(ring, WHISPER_HZ)
        await call.hang_up()
        await ring.ended(timeout=5)
        newest = (await away(admin.get, "/api/interactions"))["interactions"][0]
        assert (newest["state"], newest["outcome"]) == ("closed", "abandoned")

        call = await caller.dial("1000")  # the agent hangs up while they listen: the caller keeps the place
        ring = await phone.next_call(timeout=15)
        await ring.accept()
        await hears(ring, WHISPER_HZ)
        await ring.hang_up()
        ring = await phone.next_call(timeout=15)
        await ring.accept()
        await hears(ring, WHISPER_HZ)
        await both_hear(call, ring)
        await call.hang_up()
        await ring.ended(timeout=10)

        def told() -> list[str]:
            newest = admin.get("/api/interactions")["interactions"][0]
            return [event["type"] for event in admin.get(f"/api/interactions/{newest['id']}")["events"]]

        await away(await_that, "the story", 5, lambda: "TalkEnded" in told())
        assert told().count("OfferAccepted") == 2 and told().count("InteractionConnected") == 1


def write_tone(path: Path) -> None:
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        samples = (round(9000 * math.sin(2 * math.pi * WHISPER_HZ * n / RATE)) for n in range(int(RATE * WHISPER_S)))
        file.writeframes(b"".join(struct.pack("<h", one) for one in samples))
