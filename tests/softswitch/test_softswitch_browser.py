"""A browser phone (JsSIP in Chromium) on the soft switch: both directions measured by tones, Opus and G.711, digits,
hold and mute, ICE that begins anew, a broken WebSocket, a refused microphone, a browser that dies.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from browser_lab import MICROPHONE_HZ, BrowserPhone, account, browser_phone, serving
from switch_lab import Lab

from eslapp.softswitch.media.sources import ToneSource

wire = pytest.importorskip("eslapp.softswitch.webrtc.wire", reason="the extra webrtc is not installed")
pytestmark = [pytest.mark.system, pytest.mark.slow, pytest.mark.timeout(180)]
OURS_HZ = 1000
SILENT = 0.005


@asynccontextmanager
async def registered(folder: Path, *, grants: bool = True) -> AsyncIterator[tuple[Lab, BrowserPhone]]:
    """A lab with the browser registered as 1001."""
    async with Lab(folder) as lab, browser_phone(folder, grants=grants) as browser:
        assert lab.switch.ws_address is not None
        with serving() as url:
            await browser.open(url, account(lab.switch.ws_address, "1001", "lab1001"))
            if grants:
                await browser.until("the registration", "return lab.state.line === 'ready'")
            yield lab, browser


def in_time(scenario: Callable[[], Awaitable[None]]) -> None:
    asyncio.run(asyncio.wait_for(scenario(), 150))


async def codec(browser: BrowserPhone) -> str:
    return str(await browser.until("a codec", "return lab.codecInUse()"))


def test_a_browser_is_called_answers_and_is_heard(tmp_path: Path) -> None:
    async def run() -> None:
        async with registered(tmp_path) as (lab, browser):
            call = await (await lab.phone("1000")).dial("1001")
            await browser.stage("ringing")
            assert await browser.run("return lab.state.call.number") == "1000"
            await browser.run("lab.phone.answer()")
            await call.answered(timeout=10)
            call.start_playing(ToneSource([(OURS_HZ,)], on_ms=60_000))
            await browser.hears(OURS_HZ)
            await call.heard.tone(MICROPHONE_HZ, timeout=10)
            assert await browser.level(1500) < SILENT  # the measure knows one tone from another
            assert await codec(browser) == "audio/opus"
            await muted_and_held(call, browser)
            await ice_begins_anew(call, browser)
            await the_websocket_breaks(lab, call, browser)
            await call.hang_up()
            await browser.until("the end", "return lab.state.call === null")

    async def muted_and_held(call, browser: BrowserPhone) -> None:  # type: ignore[no-untyped-def]
        await browser.run("lab.phone.mute(true)")
        await call.heard.silence(timeout=5)
        await browser.run("lab.phone.mute(false)")
        await call.heard.tone(MICROPHONE_HZ, timeout=5)
        await browser.run("lab.phone.hold(true)")
        await browser.until("the hold", "return lab.state.call.isHeld")
        await browser.until("silence", f"return lab.ear.level({OURS_HZ}) < {SILENT}")
        await browser.run("lab.phone.hold(false)")
        await browser.until("the end of the hold", "return !lab.state.call.isHeld")
        await browser.hears(OURS_HZ)
        await call.heard.tone(MICROPHONE_HZ, timeout=10)

    async def ice_begins_anew(call, browser: BrowserPhone) -> None:  # type: ignore[no-untyped-def]
        ufrag = "return /ice-ufrag:(\\S+)/.exec(lab.connection.remoteDescription.sdp)[1]"
        before = await browser.run(ufrag)
        await browser.run("lab.connection.restartIce(); lab.phone.hold(true)")  # the next offer begins anew
        await browser.until("the hold", "return lab.state.call.isHeld")
        await browser.until("other credentials", f"{ufrag} !== {before!r}")
        await browser.run("lab.phone.hold(false)")
        await browser.hears(OURS_HZ)
        await call.heard.tone(MICROPHONE_HZ, timeout=10)

    async def the_websocket_breaks(lab: Lab, call, browser: BrowserPhone) -> None:  # type: ignore[no-untyped-def]
        """The talk goes on, the phone comes back by another connection and hears the end over it."""
        assert lab.switch.stack is not None
        before = lab.switch.stack.registrar.find("1001")
        assert before is not None
        found = lab.switch.stack.streams.find("WS", before.network_addr)
        assert found is not None
        found.cut()
        async with asyncio.timeout(30):
            while (now := lab.switch.stack.registrar.find("1001")) is None or now.network_addr == before.network_addr:
                await asyncio.sleep(0.05)
        await call.heard.tone(MICROPHONE_HZ, timeout=10)
        await browser.hears(OURS_HZ)

    in_time(run)


def test_a_browser_calls_in_g711_presses_digits_and_hears_the_switch(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def run() -> None:
        async with registered(tmp_path) as (lab, browser):
            other = await lab.agent("1002")
            await browser.run("lab.codec = 'audio/PCMU'; lab.phone.dial('1002')")
            call = await other.next_call(timeout=10)
            await call.accept()
            await browser.stage("up")
            call.start_playing(ToneSource([(OURS_HZ,)], on_ms=60_000))
            await browser.hears(OURS_HZ)
            await call.heard.tone(MICROPHONE_HZ, timeout=10)
            assert await codec(browser) == "audio/PCMU"
            for key in "1#":
                await browser.run("lab.phone.digit(arguments[0])", key)
            await call.heard.until(lambda: call.heard.digits == "1#", 5, "the digits")
            await browser.run("lab.phone.hangUp()")
            await call.ended(timeout=5)
            await browser.run("lab.codec = ''; lab.phone.dial('9196')")  # the switch's echo, in Opus
            await browser.stage("up")
            await browser.hears(MICROPHONE_HZ)
            assert await codec(browser) == "audio/opus"
            await dies(lab, browser)

    async def dies(lab: Lab, browser: BrowserPhone) -> None:
        """Nobody says good-bye; the checks that stay away tell."""
        browser.kill()
        monkeypatch.setattr(wire, "CONSENT_TICKS", 100)
        assert lab.switch.sessions
        async with asyncio.timeout(10):
            while lab.switch.sessions:
                await asyncio.sleep(0.05)

    in_time(run)


def test_who_refuses_the_microphone_is_told_and_not_registered(tmp_path: Path) -> None:
    async def run() -> None:
        async with registered(tmp_path, grants=False) as (lab, browser):
            await browser.until("the trouble", "return lab.state.trouble === 'micRefused'")
            assert await browser.run("return lab.state.line") == "off"
            assert lab.switch.stack is not None and lab.switch.stack.registrar.find("1001") is None

    in_time(run)
