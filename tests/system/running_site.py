"""A whole site as real processes for a test: ``zongji run`` on a copy of the demonstration site, any free ports.

On the embedded soft switch, or on a real FreeSWITCH where ``ZONGJI_FREESWITCH_START`` names a command that boots one
in the foreground with a configuration directory: ``$ZONGJI_FREESWITCH_START CONFDIR RUNDIR``.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
from importlib.resources import files
from pathlib import Path
from typing import Any

from eslapp.demo.web import Desk, await_that
from eslapp.freeswitch_conf import probe
from eslapp.sitedir import SiteDir, read_json
from eslapp.supervisor import free_port

START = "ZONGJI_FREESWITCH_START"


def demo_site(root: Path) -> Path:
    """A copy of the demonstration site."""
    shutil.copytree(str(files("ivr") / "sites" / "demo"), root)
    return root


class FreeSwitchOfSite:
    """A real FreeSWITCH booted from a site's rendered configuration; ``options`` name it to ``run`` and ``demo``."""

    def __init__(self, site: Path) -> None:
        self._dir, self._conf = SiteDir(site), site / "freeswitch"
        self.esl_port, self._outbound = free_port(), free_port()
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> FreeSwitchOfSite:
        ports = {"esl": self.esl_port, "outbound": self._outbound, "sip": free_port(), "ws": free_port()}
        words = [word for name, port in ports.items() for word in (f"--{name}-port", str(port))]
        rendering = [sys.executable, "-m", "eslapp.cli", "freeswitch", "render", "--site", str(self._dir.root)]
        subprocess.run([*rendering, "--out", str(self._conf), *words], check=True, stdout=subprocess.DEVNULL)
        self._boot()
        return self

    def _boot(self) -> None:
        self._process = subprocess.Popen([*os.environ[START].split(), str(self._conf), str(self._dir.root / "fs-run")])
        await_that("FreeSWITCH", 40, lambda: probe.accepts("127.0.0.1", self.esl_port, self._password))

    def kill(self) -> None:
        """SIGKILL, and a new one on the same files."""
        assert self._process is not None
        self._process.kill()
        self._process.wait()
        self._boot()

    @property
    def _password(self) -> str:
        return self._dir.secrets().esl_password

    @property
    def options(self) -> list[str]:
        url = f"esl://:{self._password}@127.0.0.1:{self.esl_port}"
        return ["--switch", url, "--outbound-port", str(self._outbound)]

    def __exit__(self, *_: object) -> None:
        if self._process is not None:
            self._process.terminate()
            self._process.wait(20)


class RunningSite:
    """Use as a context manager; ``root`` must not exist yet."""

    def __init__(self, root: Path, *options: str, source: Path | None = None) -> None:
        self.dir = SiteDir(shutil.copytree(source, root) if source is not None else demo_site(root))
        self._options = options
        self._switch: FreeSwitchOfSite | None = None
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> RunningSite:
        if START in os.environ and "--switch" not in self._options:
            self._switch = FreeSwitchOfSite(self.dir.root).__enter__()
        words = [*(self._switch.options if self._switch else ()), *self._options]
        if "--switch" not in words:
            words += [word for name in ("sip", "esl", "outbound") for word in (f"--{name}-port", "0")]
        command = [sys.executable, "-m", "eslapp.cli", "run", "--site", str(self.dir.root), "--http-port", "0", *words]
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
        if self._switch is not None:
            self._switch.__exit__()

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

    def switch_api(self, line: str) -> str:
        """What the switch answers to a command of its own."""
        if self._switch is not None:
            host, port = "127.0.0.1", self._switch.esl_port
        else:
            host, port = json.loads(self.dir.switch_state_file.read_text())["esl"]
        with probe.connected(host, port, self.dir.secrets().esl_password) as api:
            return api(line)

    def admin(self) -> Desk:
        return Desk(self.url, "admin", self.dir.secrets().admin_password)

    def desk(self, agent: str) -> Desk:
        return Desk(self.url, agent, self.dir.secrets().agents[agent]["web_password"])

    def phone_password(self, agent: str) -> str:
        return self.dir.secrets().agents[agent]["sip_password"]

    def kill_daemon(self, within_s: float = 20) -> None:
        """SIGKILL, then wait until its supervisor has a new one that sees the switch."""
        pid = self.dir.state()["daemon"]["pid"]
        os.kill(pid, signal.SIGKILL)
        await_that("a new daemon", within_s, lambda: self.dir.state()["daemon"].get("pid") not in (None, pid))
        await_that("the new daemon ready", within_s, self.is_ready)

    def kill_switch(self, within_s: float = 30) -> None:
        """SIGKILL of the switch; returns when the daemon sees the next one."""
        if self._switch is not None:
            self._switch.kill()
        else:
            pid = self.dir.state()["pids"]["soft switch"]
            os.kill(pid, signal.SIGKILL)
            await_that("a new switch", within_s, lambda: self._soft_switch() not in (None, pid))
        await_that("the daemon with the new switch", within_s, self.is_ready)

    def _soft_switch(self) -> int | None:
        return (read_json(self.dir.switch_state_file) or {}).get("pid")

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
