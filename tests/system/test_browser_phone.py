"""An agent answers in the browser: the workbench, its phone, a caller; each hears the other, and it is recorded.

On the soft switch, or on a real FreeSWITCH (``running_site``). ``ZONGJI_SCREENS=FOLDER`` keeps pictures of it.
"""

from __future__ import annotations

import asyncio
import functools
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from eslapp.softphone import Phone
from eslapp.softswitch.media.sources import ToneSource
from tests.softswitch.browser_lab import HERE as LAB_PAGES
from tests.softswitch.browser_lab import MICROPHONE_HZ, chromium
from tests.system.running_site import RunningSite
from tests.system.test_daemon_killed import away, into_queue, state_of

pytest.importorskip("aiortc", reason="the extra webrtc is not installed")
pytestmark = [pytest.mark.system, pytest.mark.slow, pytest.mark.timeout(240)]
CALLER_HZ = 1000
SIZES = {"wide": (1440, 900), "narrow": (390, 844)}
# The page's own streams, seen from outside: what its audio element plays, and a microphone that nobody "improves".
HOOK = """
const ask = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
navigator.mediaDevices.getUserMedia = () =>
  ask({ audio: { echoCancellation: false, noiseSuppression: false, autoGainControl: false } });
const source = Object.getOwnPropertyDescriptor(HTMLMediaElement.prototype, "srcObject");
Object.defineProperty(HTMLMediaElement.prototype, "srcObject", {
  ...source, set(stream) { source.set.call(this, stream); if (stream && !this.muted) window.zjHeard = stream; } });
"""
LISTEN = (LAB_PAGES / "tones.js").read_text(encoding="utf-8").replace("export function", "function")
LEVEL = f"""{LISTEN}
if (window.zjHeard && window.zjHeardBy !== window.zjHeard) {{
  window.zjEar = listenTo(window.zjHeard); window.zjHeardBy = window.zjHeard; }}
return window.zjEar ? window.zjEar.level(arguments[0]) : 0;"""


class Desk:
    """The agent's page."""

    def __init__(self, driver: Any) -> None:
        self.driver = driver

    async def run(self, script: str, *arguments: object) -> Any:
        return await asyncio.to_thread(self.driver.execute_script, script, *arguments)

    async def until(self, script: str, timeout: float = 20.0) -> Any:
        try:
            async with asyncio.timeout(timeout):
                while not (found := await self.run(script)):
                    await asyncio.sleep(0.05)
                return found
        except TimeoutError:
            shown = await self.run("return document.body.innerText.slice(0, 800)")
            raise AssertionError(f"not so: {script}\n{shown}\n{self.driver.get_log('browser')}") from None

    async def sees(self, css: str, text: str, timeout: float = 20.0) -> None:
        await self.until(
            f"return [...document.querySelectorAll({css!r})].some((one) => one.innerText.includes({text!r}))", timeout
        )

    async def press(self, css: str) -> None:
        await self.until(f"const one = document.querySelector({css!r}); one?.click(); return Boolean(one)")

    async def sign_in(self, url: str, password: str) -> None:
        await self.resize("wide")
        await asyncio.to_thread(self.driver.get, f"{url}/?lang=en")
        fill = "const one = document.querySelector(`[name=${arguments[0]}]`); if (!one) return false;"
        fill += "one.value = arguments[1]; one.dispatchEvent(new Event('input', { bubbles: true })); return true;"
        await self.until("return document.querySelector('[name=login]')")
        for name, value in (("login", "1001"), ("password", password)):
            await self.run(fill, name, value)
        await self.press(".login-card .primary")

    async def hears(self, hertz: float, timeout: float = 10.0) -> None:
        async with asyncio.timeout(timeout):
            while await self.run(LEVEL, hertz) < 0.05:
                await asyncio.sleep(0.05)

    async def resize(self, size: str) -> None:
        width, height = SIZES[size]
        metrics = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 600}
        await away(self.driver.execute_cdp_cmd, "Emulation.setDeviceMetricsOverride", metrics)

    async def keep(self, name: str, languages: str = ".topbar .language") -> None:
        """Pictures in both sizes and languages, where they are wanted."""
        folder = os.environ.get("ZONGJI_SCREENS")
        if not folder:
            return
        for language in ("en", "zh"):
            for size in ("narrow", "wide"):
                await self.resize(size)
                await asyncio.sleep(0.3)
                await away(self.driver.save_screenshot, str(Path(folder) / f"phone-{name}-{language}-{size}.png"))
            await self.press(languages)


@asynccontextmanager
async def desk(folder: Path, *, grants: bool = True) -> AsyncIterator[Desk]:
    driver = await asyncio.to_thread(functools.partial(chromium, folder, grants=grants))
    try:
        hook = {"source": HOOK if grants else ""}
        await asyncio.to_thread(driver.execute_cdp_cmd, "Page.addScriptToEvaluateOnNewDocument", hook)
        yield Desk(driver)
    finally:
        await asyncio.to_thread(driver.quit)


def test_an_agent_answers_talks_and_hangs_up_in_the_browser(tmp_path: Path) -> None:
    with RunningSite(tmp_path / "site") as site:
        asyncio.run(asyncio.wait_for(story(site, tmp_path), 200))


async def story(site: RunningSite, folder: Path) -> None:
    async with Phone(site.sip, "13800138000", name="Caller") as caller, desk(folder) as page:
        await page.sign_in(site.url, site.dir.secrets().agents["1001"]["web_password"])
        await page.press(".phone-switch")
        await page.sees(".phone-switch", "Browser phone ready")
        await page.sees(".phone-pill", "Phone ready")  # the daemon heard of the registration
        await page.press(".phone-test")
        await page.sees(".phone-pill", "Phone ready, tested", timeout=30)  # it answers and presses 1 by itself
        await page.press(".segment.is-available")
        admin = await away(site.admin)
        call = await caller.dial("1000")
        await into_queue(call)
        await page.sees(".phonebar", "Incoming call")
        await page.keep("ringing")
        await page.press(".phone-answer")
        talk = await away(state_of, admin, "connected")
        call.start_playing(ToneSource([(float(CALLER_HZ),)], on_ms=60_000))
        await page.hears(CALLER_HZ)
        await call.heard.tone(MICROPHONE_HZ, timeout=10)
        await controls(page, call)
        await page.keep("talking")
        await page.press(".phone-end")
        await call.ended(timeout=10)
        await page.until("return !document.querySelector('.phonebar')")
        await page.sees(".wrapup", "Wrap up")
        assert (await away(admin.get, f"/api/interactions/{talk['id']}"))["interaction"]["agent"] == "1001"
        severe = [entry for entry in page.driver.get_log("browser") if entry["level"] == "SEVERE"]
        assert not [entry for entry in severe if "Content Security Policy" in entry["message"]], severe


async def controls(page: Desk, call: Any) -> None:
    """Mute, hold, keys."""
    await page.press(".phone-tool[title=Mute]")
    await call.heard.silence(timeout=5)
    await page.sees(".phonebar", "microphone off")
    await page.press(".phone-tool[title=Unmute]")
    await call.heard.tone(MICROPHONE_HZ, timeout=5)
    await page.press(".phone-tool[title=Hold]")
    await page.sees(".phonebar", "On hold")
    await call.heard.until(lambda: call.heard.share_of(MICROPHONE_HZ) < 0.1, 5, "the end of the agent's voice")
    await page.press(".phone-tool[title=Resume]")
    await call.heard.tone(MICROPHONE_HZ, timeout=10)
    await page.press(".phone-tool[title=Keypad]")
    await page.press(".keypad .button:nth-of-type(5)")
    await call.heard.digit("5", timeout=5)


def test_who_takes_calls_unasked_is_on_the_call_at_once(tmp_path: Path) -> None:
    site = RunningSite(tmp_path / "site")
    file = site.dir.root / "site.yaml"
    words, mine = file.read_text("utf-8"), "capacity: {voice: 1, text: 3}}"
    file.write_text(words.replace(mine, mine[:-1] + ", auto_accept: [voice]}", 1), encoding="utf-8")
    with site:
        asyncio.run(asyncio.wait_for(unasked(site, tmp_path), 100))


async def unasked(site: RunningSite, folder: Path) -> None:
    async with Phone(site.sip, "13800138000", name="Caller") as caller, desk(folder) as page:
        await page.sign_in(site.url, site.dir.secrets().agents["1001"]["web_password"])
        await page.press(".phone-switch")
        await page.sees(".phone-pill", "Phone ready")
        await page.press(".segment.is-available")
        call = await caller.dial("1000")
        await into_queue(call)
        await away(state_of, await away(site.admin), "connected")  # nobody pressed anything
        await call.heard.tone(MICROPHONE_HZ, timeout=10)


def test_a_refused_microphone_is_told_in_both_languages(tmp_path: Path) -> None:
    with RunningSite(tmp_path / "site") as site:
        asyncio.run(asyncio.wait_for(refusal(site, tmp_path), 100))


async def refusal(site: RunningSite, folder: Path) -> None:
    async with desk(folder, grants=False) as page:
        await page.sign_in(site.url, site.dir.secrets().agents["1001"]["web_password"])
        await page.press(".phone-switch")
        await page.sees(".phone-trouble", "may not use the microphone")
        await page.keep("refused")
        await page.press(".topbar .language")
        await page.sees(".phone-trouble", "无权使用麦克风")
