"""A site that people write to, and its daemon alone, for tests that kill it: each message is answered with one.

Owns: site, process, the provider at the other end with its receipts. Not here: what is delivered (``deliveries``).
"""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from queue import SimpleQueue
from typing import Any, Generic, Self, TypeVar

from eslapp.demo.providers.base import Call, Fault, Provider, Reply, Signed, post
from eslapp.demo.providers.generic import GenericFake
from eslapp.demo.web import Desk, await_that
from eslapp.sitedir import SiteDir
from eslapp.supervisor import free_port
from tests.system.voice_steps_site import write_tone

SITE = """
site: Letters
languages: [en, zh]
timezone: UTC
numbers: {"1000": closed}
channels: {line: {type: generic, flow: echo, secrets: [$(env.SHOP_WEBHOOK_SECRET)], url: "API/from-zongji", api: "API"}}
agents: {"1001": {name: Ann, languages: [en]}}
"""
FLOWS = {
    "closed": "start:\n  - say: tone-500.wav\n  - hangup\n",
    "echo": """start:
  - gather:
      as: words
      prompt: tone-500.wav
      ask: {en: "got $(words)", zh: "got $(words)"}
      letters: 1-200
      otherwise: over
  - goto: start
over:
  - say: tone-500.wav
    on: voice
  - say: {en: Goodbye., zh: 再见。}
    on: text
  - hangup
""",
}
START_S = 120  # beside twenty other busy processes it takes 40
RECEIPTS = ("read", "sent", "delivered")  # the last word first, and again


class Shop(GenericFake):
    """Receipts of each answer come at once, the furthest first; of some while the answer is still being taken."""

    def __init__(self) -> None:
        super().__init__()
        self.receipts: SimpleQueue[Callable[[], Signed]] = SimpleQueue()
        self.answers: list[tuple[str, str]] = []  # key, text: as they came, repeats too

    def api(self, call: Call, fault: Fault | None) -> Reply:
        reply = super().api(call, fault)
        key = call.headers.get("webhook-id", "")
        if reply.status == 204:
            self.answers.append((key, self.shown[-1].text))
            for state in RECEIPTS:
                told = {"address": self.shown[-1].address, "id": key, "state": state}
                make = lambda told=told, name=f"{key}-{state}": self._signed("receipt", told, name)  # noqa: E731
                if len(self.answers) % 7 == 0 and state == "read":
                    post(self.hook, make(), within_s=1.0)  # before the send has returned
                self.receipts.put(make)
        return reply


P = TypeVar("P", bound=Provider)


class DaemonSite(Generic[P]):
    """Use as a context manager; ``root`` must not exist yet. ``site`` is what stands in ``site.yaml``."""

    def __init__(self, root: Path, provider: P, site: str, flows: Mapping[str, str]) -> None:
        self.dir = SiteDir(root)
        self.shop = provider
        self._http, self._outbound, self._switch = free_port(), free_port(), free_port()
        self.url = f"http://127.0.0.1:{self._http}"
        self.hook = self.shop.hook = f"{self.url}/hooks/line"
        self._process: subprocess.Popen[bytes] | None = None
        (root / "flows").mkdir(parents=True)
        (root / "prompts").mkdir()
        (root / "site.yaml").write_text(site, encoding="utf-8")
        for name, flow in flows.items():
            (root / "flows" / f"{name}.yaml").write_text(f"flow: {name}\n{flow}", encoding="utf-8")
        write_tone(root / "prompts" / "tone-500.wav", 500)

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        assert self._process is not None
        self._process.terminate()
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self.shop.close()

    def start(self) -> None:
        """A daemon that answers."""
        words = [sys.executable, "-m", "eslapp", "--site", str(self.dir.root), "--outbound-port", str(self._outbound)]
        words += ["--http-port", str(self._http), "--switch-port", str(self._switch)]
        self.dir.make()
        with (self.dir.logs / "daemon.log").open("ab") as out:
            env = {**os.environ, **self.shop.secrets()}
            self._process = subprocess.Popen(words, stdout=out, stderr=out, env=env)
        await_that("the daemon", START_S, self._answers)

    def kill(self) -> None:
        """SIGKILL."""
        assert self._process is not None
        self._process.send_signal(signal.SIGKILL)
        self._process.wait()

    def _answers(self) -> bool:
        assert self._process is not None
        assert self._process.poll() is None, (self.dir.logs / "daemon.log").read_text(encoding="utf-8")[-3000:]
        return post(self.url + "/healthz", Signed(b"", method="GET"), within_s=1.0)[0] == 200

    @property
    def rss_mib(self) -> float:
        """The daemon's memory."""
        assert self._process is not None
        lines = Path(f"/proc/{self._process.pid}/status").read_text(encoding="utf-8").splitlines()
        return next(int(line.split()[1]) for line in lines if line.startswith("VmRSS")) / 1024

    def rows(self, sql: str) -> list[Any]:
        """What is committed, seen from outside."""
        with sqlite3.connect(f"file:{self.dir.database}?mode=ro", uri=True, timeout=10) as connection:
            return connection.execute(sql).fetchall()

    def admin(self) -> Desk:
        return Desk(self.url, "admin", self.dir.secrets().admin_password)


class TextSite(DaemonSite[Shop]):
    """Each message is answered with one that has its words."""

    def __init__(self, root: Path) -> None:
        shop = Shop()
        super().__init__(root, shop, SITE.replace("API", shop.url), FLOWS)

    def settle(self, within_s: float) -> None:
        """Until nothing is left to be worked on or sent."""
        left = (
            "SELECT (SELECT count(*) FROM inbox WHERE state = 'new') + (SELECT count(*) FROM messages "
            "WHERE direction = 'out' AND state IN ('queued', 'sending'))"
        )
        quiet = time.monotonic()

        def is_quiet() -> bool:
            nonlocal quiet
            if self.rows(left)[0][0] or not self.shop.receipts.empty():
                quiet = time.monotonic()
            return time.monotonic() - quiet > 0.5

        await_that("everything worked on and sent", within_s, is_quiet)
