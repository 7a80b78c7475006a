"""A whole site as real processes for a test: ``zongji run`` on a copy of the demonstration site, any free ports.

``ZONGJI_FREESWITCH`` names a real FreeSWITCH instead of the soft switch (see tests/conformance/README.md).
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from importlib.resources import files
from pathlib import Path
from typing import Any

from eslapp.demo.web import Desk, await_that
from eslapp.sitedir import SiteDir


def demo_site(root: Path) -> Path:
    """A copy of the demonstration site."""
    shutil.copytree(str(files("ivr") / "sites" / "demo"), root)
    return root


class RunningSite:
    """Use as a context manager; ``root`` must not exist yet. ``outbound``: a fixed port for the switch's calls."""

    def __init__(self, root: Path, *options: str, outbound: int = 0) -> None:
        self.dir = SiteDir(demo_site(root))
        self._options = options
        self._outbound = outbound
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> RunningSite:
        ports = [word for name in ("sip", "esl", "http") for word in (f"--{name}-port", "0")]
        ports += ["--outbound-port", str(self._outbound)]
        command = [sys.executable, "-m", "eslapp.cli", "run", "--site", str(self.dir.root), *ports, *self._options]
        self.log = (self.dir.root / "run.log").open("wb")
        self._process = subprocess.Popen(command, stdout=self.log, stderr=subprocess.STDOUT)
        try:
            await_that("a running site", 60, self._is_up)
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        assert self._process is not None
        self._process.send_signal(signal.SIGTERM)
        try:
            self._process.wait(20)
        except subprocess.TimeoutExpired:
            self._process.kill()
        self.log.close()

    def _is_up(self) -> bool:
        assert self._process is not None
        if self._process.poll() is not None:
            raise AssertionError((self.dir.root / "run.log").read_text(encoding="utf-8"))
        return "pids" in self.dir.state()

    # --- what a test asks ----------------------------------------------------------------------------------------

    @property
    def url(self) -> str:
        return str(self.dir.state()["daemon"]["url"])

    @property
    def sip(self) -> tuple[str, int]:
        host, _, port = self.dir.state()["sip_address"].rpartition(":")
        return host, int(port)

    def admin(self) -> Desk:
        return Desk(self.url, "admin", self.dir.secrets().admin_password)

    def desk(self, agent: str) -> Desk:
        return Desk(self.url, agent, self.dir.secrets().agents[agent]["web_password"])

    def phone_password(self, agent: str) -> str:
        return self.dir.secrets().agents[agent]["sip_password"]

    def kill_daemon(self) -> None:
        """SIGKILL, then wait until its supervisor has a new one that sees the switch."""
        pid = self.dir.state()["daemon"]["pid"]
        os.kill(pid, signal.SIGKILL)
        await_that("a new daemon", 20, lambda: self.dir.state()["daemon"].get("pid") not in (None, pid))
        await_that("the new daemon ready", 20, self.is_ready)

    def is_ready(self) -> bool:
        import requests

        session = requests.Session()
        session.trust_env = False
        try:
            return session.get(self.url + "/readyz", timeout=2).status_code == 200
        except requests.RequestException:
            return False

    def only_interaction(self, admin: Desk, **query: Any) -> dict[str, Any]:
        """The one interaction there is."""
        (found,) = admin.get("/api/interactions", **query)["interactions"]
        return dict(found)
