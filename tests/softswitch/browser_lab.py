"""A headless Chromium with a fake microphone, and the workbench's phone in it, for the tests of browser calls.

Owns: the browser, the little web server of ``web/`` and the workbench's files, waiting with deadlines from asyncio.
Not here: the switch (``switch_lab``), what is tested.
"""

from __future__ import annotations

import asyncio
import contextlib
import functools
import hashlib
import json
import math
import os
import shutil
import signal
import socket
import threading
import wave
from array import array
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from selenium import webdriver

HERE = Path(__file__).parent / "web"
WORKBENCH = Path(__file__).parents[2] / "webhooks" / "workbench"
FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
    "--mute-audio",
    "--autoplay-policy=no-user-gesture-required",
    "--use-fake-device-for-media-stream",
)
LOOPBACK = "--allow-loopback-in-peer-connection"  # where there is no other address; else browsers never use it
MICROPHONE_HZ = 700


class _Files(SimpleHTTPRequestHandler):
    def translate_path(self, path: str) -> str:
        name = path.partition("?")[0].lstrip("/") or "index.html"
        top, _, rest = name.partition("/")
        folder = (WORKBENCH, rest) if top == "workbench" else (HERE, name)
        return str(folder[0] / folder[1])

    def log_message(self, *_: object) -> None:
        """Quiet."""


@contextmanager
def serving() -> Iterator[str]:
    """The pages' address."""
    with ThreadingHTTPServer(("127.0.0.1", 0), _Files) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def tone_file(path: Path, hertz: float = MICROPHONE_HZ, seconds: int = 10) -> Path:
    """What the fake microphone hears, over and over."""
    samples = array("h", (int(9_000 * math.sin(2 * math.pi * hertz * n / 48_000)) for n in range(48_000 * seconds)))
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(48_000)
        file.writeframes(samples.tobytes())
    return path


def chromium(folder: Path, *, grants: bool = True) -> Any:
    """A driver; ``grants`` False: whoever sits there refuses the microphone."""
    options = webdriver.ChromeOptions()
    options.binary_location = shutil.which("chromium") or "chromium"
    ui = "--use-fake-ui-for-media-stream" if grants else "--deny-permission-prompts"
    wav = tone_file(folder / "microphone.wav")
    alone = () if has_network() else (LOOPBACK,)
    for flag in (
        *FLAGS,
        *alone,
        ui,
        f"--use-file-for-fake-audio-capture={wav}",
        f"--user-data-dir={folder / 'profile'}",
    ):
        options.add_argument(flag)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    return webdriver.Chrome(options=options, service=webdriver.ChromeService(shutil.which("chromedriver")))


def has_network() -> bool:
    """Whether this machine has an address of its own beside loopback."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))  # a datagram socket sends nothing by that
        except OSError:
            return False
        return not str(probe.getsockname()[0]).startswith("127.")


class BrowserPhone:
    """The page; everything that asks the browser runs in a thread: the switch lives on this loop."""

    def __init__(self, driver: Any) -> None:
        self._driver = driver

    async def run(self, script: str, *arguments: object) -> Any:
        """The value of a script."""
        return await asyncio.to_thread(self._driver.execute_script, script, *arguments)

    async def until(self, what: str, script: str, timeout: float = 15.0) -> Any:
        """Wait until the script's value is true."""
        deadline = asyncio.get_running_loop().time() + timeout
        while not (found := await self.run(script)):
            if asyncio.get_running_loop().time() > deadline:
                states = await self.run("return JSON.stringify(lab.states.slice(-4))")
                raise AssertionError(f"{what} did not come; the phone was {states}; {self.complaints()}")
            await asyncio.sleep(0.05)
        return found

    async def open(self, url: str, account: dict[str, str]) -> None:
        """Load the page and start the phone."""
        await asyncio.to_thread(self._driver.get, url)
        await self.until("the page", "return window.isReady")
        await self.run("lab.open(arguments[0])", account)

    async def hears(self, hertz: float, timeout: float = 10.0) -> float:
        """Wait for a tone in the earpiece; its amplitude."""
        return float(
            await self.until(f"{hertz} Hz", f"return lab.ear?.level({hertz}) > 0.05 && lab.ear.level({hertz})")
        )

    async def level(self, hertz: float) -> float:
        """How loud a frequency is now, 0..1."""
        return float(await self.run("return lab.ear ? lab.ear.level(arguments[0]) : 0", hertz))

    async def stage(self, stage: str) -> None:
        """Wait for a stage of the call."""
        await self.until(f"stage {stage}", f"return lab.state?.call?.stage === {json.dumps(stage)}")

    def kill(self) -> None:
        """Its end without a word."""
        driver = self._driver.service.process.pid
        for pid in Path(f"/proc/{driver}/task/{driver}/children").read_text().split():
            with contextlib.suppress(ProcessLookupError):
                os.kill(int(pid), signal.SIGKILL)

    def complaints(self) -> list[str]:
        """What the page complained about."""
        return [entry["message"] for entry in self._driver.get_log("browser")]


@asynccontextmanager
async def browser_phone(folder: Path, *, grants: bool = True) -> AsyncIterator[BrowserPhone]:
    """A running browser, its pages served."""
    driver = await asyncio.to_thread(functools.partial(chromium, folder, grants=grants))
    try:
        yield BrowserPhone(driver)
    finally:
        await asyncio.to_thread(driver.quit)


def account(ws: tuple[str, int], user: str, password: str, domain: str = "127.0.0.1") -> dict[str, str]:
    """What ``GET /api/phone`` gives."""
    ha1 = hashlib.md5(f"{user}:{domain}:{password}".encode(), usedforsecurity=False).hexdigest()
    return {"url": f"ws://{ws[0]}:{ws[1]}", "user": user, "domain": domain, "ha1": ha1}
