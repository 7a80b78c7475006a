"""What stands at the other end of the switch's connection: the daemon on the shortest site, or the bare socket.

Owns: that site, both processes' command lines, starting and ending them. Not here: the switch, the load.
"""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
import wave
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import requests

from eslapp.sitedir import SiteDir
from eslapp.supervisor import free_port

SITE = """site: Bench
languages: [en]
timezone: UTC
numbers: {"1000": main}
agents:
  "1001": {name: Agent}
"""
FLOW = """flow: main
start:
  - say: {en: beep.wav}
  - hangup
"""
BEEP_MS = 100
WITHIN_S = 30.0


@dataclass(frozen=True, slots=True)
class Side:
    """A process that takes calls at its ``port``. ``url``: the daemon's, "" for the bare socket."""

    name: str
    pid: int
    port: int
    url: str = ""


@dataclass(frozen=True, slots=True)
class Link:
    """The switch the daemon is to watch; port 0: none."""

    port: int = 0
    password: str = ""


def make_site(root: Path) -> SiteDir:
    """A site with the shortest flow that speaks."""
    (root / "flows").mkdir(parents=True)
    (root / "prompts").mkdir()
    (root / "site.yaml").write_text(SITE, encoding="utf-8")
    (root / "flows" / "main.yaml").write_text(FLOW, encoding="utf-8")
    with wave.open(str(root / "prompts" / "beep.wav"), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(8000)
        file.writeframes(bytes(16 * BEEP_MS))
    return SiteDir(root)


def beep(root: Path) -> Path:
    """The prompt both play."""
    return root / "prompts" / "beep.wav"


@contextmanager
def bare_socket(site: SiteDir, port: int) -> Iterator[Side]:
    """The yardstick."""
    words = [sys.executable, "-m", "tests.bench.bare_socket", str(port), str(beep(site.root))]
    with running(words, site.root / "bare.log") as process:
        wait_until_listening(port, process)
        yield Side("bare socket", process.pid, port)


@contextmanager
def daemon(site: SiteDir, port: int, link: Link = Link()) -> Iterator[Side]:
    """The daemon; with a ``link`` it is ready only when it sees the switch."""
    http = free_port()
    words = [sys.executable, "-m", "eslapp", "--site", str(site.root), "--outbound-port", str(port)]
    words += ["--http-port", str(http), "--switch-port", str(link.port or free_port())]
    with running(words, site.root / "daemon.log", ZONGJI_SWITCH_PASSWORD=link.password) as process:
        wait_until_listening(port, process)
        url = f"http://127.0.0.1:{http}"
        if link.port:
            wait_until_ready(url, process)
        yield Side("daemon", process.pid, port, url)


@contextmanager
def running(words: list[str], log: Path, **environment: str) -> Iterator[subprocess.Popen[bytes]]:
    """A process of ours until the block ends; its output goes to ``log``."""
    with log.open("ab") as out:
        process = subprocess.Popen(words, stdout=out, stderr=out, env={**os.environ, **environment})
        try:
            yield process
        finally:
            process.terminate()
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def wait_until_listening(port: int, process: subprocess.Popen[bytes]) -> None:
    """Until somebody takes connections there."""
    deadline = time.monotonic() + WITHIN_S
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return
        except OSError:
            if process.poll() is not None or time.monotonic() > deadline:
                raise SystemExit(f"{process.args} did not listen on {port}") from None
            time.sleep(0.05)


def wait_until_ready(url: str, process: subprocess.Popen[bytes]) -> None:
    """Until the daemon sees the switch."""
    deadline = time.monotonic() + WITHIN_S
    while True:
        try:
            if fetch(f"{url}/readyz").ok:
                return
        except requests.RequestException:
            pass
        if process.poll() is not None or time.monotonic() > deadline:
            raise SystemExit(f"the daemon at {url} did not become ready")
        time.sleep(0.1)


def fetch(url: str) -> requests.Response:
    """GET without any proxy."""
    with requests.Session() as session:
        session.trust_env = False
        return session.get(url, timeout=5)
