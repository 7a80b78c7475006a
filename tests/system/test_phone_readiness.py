"""The readiness gate with real phones: a deaf one gets no call, one that hears does, and another one is asked again."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack, suppress
from pathlib import Path
from typing import Any

import pytest

from eslapp.demo.web import Desk, await_that
from eslapp.softphone import Phone, PhoneError
from tests.system import talks_site
from tests.system.running_site import RunningSite
from tests.system.test_daemon_killed import away, state_of

pytestmark = [pytest.mark.system, pytest.mark.slow, pytest.mark.timeout(180)]


def test_an_untested_phone_gets_no_call(tmp_path: Path) -> None:
    asyncio.run(asyncio.wait_for(story(tmp_path), 150))


async def story(tmp_path: Path) -> None:
    source = talks_site.write(tmp_path / "source", 9)
    file = source / "site.yaml"
    file.write_text(file.read_text("utf-8") + "routing: {readiness: audible}\n", encoding="utf-8")
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
        await deaf(phone)
        await phone_is(admin, "unheard", within_s=30)
        waiting = await away(state_of, admin, "queued")
        told = await away(admin.get, f"/api/interactions/{waiting['id']}/why")
        losers = {each["agent"]: each["reason"] for each in told["receipts"][-1]["losers"]}
        assert losers["1001"].startswith("phone-"), losers  # as it was when the call came
        assert "话机" in told["zh"]

        await away(lambda: desk.post("/api/agents/1001/phone-test"))
        await hearing(phone)
        ring = await phone.next_call(timeout=10)  # the one who waited
        await phone_is(admin, "ready")
        await ring.accept()
        await away(state_of, admin, "connected")
        await call.hang_up()
        await ring.ended(timeout=10)

        for presence in ("break", "available"):  # asked once, not at each change
            await away(lambda presence=presence: desk.post("/api/agents/1001/presence", presence=presence))
        await phone_is(admin, "ready")
        await phone.stop()
        await phone_is(admin, "unregistered")
        other = await stack.enter_async_context(Phone(site.sip, "1001", site.phone_password("1001")))
        await other.register()
        await silent_but_for_the_key(other)
        await phone_is(admin, "ready", within_s=30)


async def deaf(phone: Phone) -> None:
    """Answers the test, hears nothing, presses nothing."""
    test = await phone.next_call(timeout=15)
    await test.accept()
    await test.ended(timeout=40)


async def hearing(phone: Phone) -> None:
    """Presses 1 when there is sound, and speaks."""
    test = await phone.next_call(timeout=15)
    await test.accept()
    await test.heard.sound(timeout=5)
    await test.play_tone(500.0, 0.5)
    with suppress(PhoneError):  # the switch hangs up within the key
        await test.press("1")
    await test.ended(timeout=10)


async def silent_but_for_the_key(phone: Phone) -> None:
    """Sends nothing while nobody speaks, not even that: the key in the sound is the proof."""
    test = await phone.next_call(timeout=15)
    await test.accept()
    await test.heard.sound(timeout=5)
    with suppress(PhoneError):
        await test.press("1")
    await test.ended(timeout=10)


async def phone_is(admin: Desk, state: str, within_s: float = 15) -> None:
    def looked() -> Any:
        return next(one["phone"] for one in admin.get("/api/agents")["agents"] if one["id"] == "1001")

    await away(await_that, f"the phone {state}", within_s, lambda: looked() == state)
