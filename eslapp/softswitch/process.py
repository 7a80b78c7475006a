"""Runs the soft switch as a process of its own and stops it: for tests, also of other projects.

    with SwitchProcess(Path("tests/data/conf")) as switch:
        socket.create_connection(switch.esl)

Starting takes less than a second; ports are free ones unless given. It ends with its
starter, even a killed one. Not here: the switch itself (``switch.py``).
"""

from __future__ import annotations

import json
import selectors
import signal
import subprocess
import sys
import tempfile
from pathlib import Path
from types import TracebackType
from typing import Any

from eslapp.softswitch.confdir import load

START_TIMEOUT_S = 15.0
STOP_TIMEOUT_S = 5.0


class SwitchNotStarted(RuntimeError):
    """What the switch said instead of starting."""


class SwitchProcess:
    """``conf``: a folder with freeswitch.xml or that file. ``esl``, ``sip``, ``ws`` are (host, port) once it runs."""

    def __init__(self, conf: Path, *, sip_port: int = 0, esl_port: int = 0) -> None:
        self.conf = conf
        self.esl: tuple[str, int] = ("", 0)
        self.sip: tuple[str, int] = ("", 0)
        self.ws: tuple[str, int] | None = None
        self.pid = 0
        self._ports = (sip_port, esl_port)
        self._process: subprocess.Popen[str] | None = None

    @property
    def esl_password(self) -> str:
        """What ``auth`` wants on the event socket."""
        return load(self.conf).esl_password

    def phone_password(self, user: str) -> str:
        """The SIP password of a directory user; KeyError where there is no such user."""
        found = load(self.conf).user(user)
        if found is None:
            raise KeyError(user)
        return found.password

    def start(self) -> SwitchProcess:
        """Start and wait until it serves. SwitchNotStarted says why not."""
        with tempfile.TemporaryDirectory() as folder:
            state = Path(folder) / "state.json"
            words = [sys.executable, "-m", "eslapp.softswitch", "--conf", str(self.conf), "--state", str(state)]
            words += ["--until-eof", "--sip-port", str(self._ports[0]), "--esl-port", str(self._ports[1])]
            pipe = subprocess.PIPE
            self._process = subprocess.Popen(words, stdin=pipe, stdout=pipe, stderr=pipe, text=True)
            self._wait_for_line()
            chosen: dict[str, Any] = json.loads(state.read_text())
        self.esl = (chosen["esl"][0], chosen["esl"][1])
        self.sip = (chosen["sip"][0], chosen["sip"][1])
        self.ws = (chosen["ws"][0], chosen["ws"][1]) if chosen["ws"] else None
        self.pid = chosen["pid"]
        return self

    def _wait_for_line(self) -> None:
        process = self._process
        assert process is not None and process.stdout is not None
        with selectors.DefaultSelector() as selector:
            selector.register(process.stdout, selectors.EVENT_READ)
            is_ready = bool(selector.select(START_TIMEOUT_S)) and process.stdout.readline().startswith(
                "softswitch ready"
            )
        if not is_ready:
            process.kill()
            _, errors = process.communicate()
            raise SwitchNotStarted(errors.strip() or "the soft switch did not start in time")

    def stop(self) -> int:
        """SIGTERM, then SIGKILL; the exit code."""
        process, self._process = self._process, None
        if process is None:
            return 0
        process.send_signal(signal.SIGTERM)
        try:
            process.communicate(timeout=STOP_TIMEOUT_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.communicate()
        return process.returncode

    def __enter__(self) -> SwitchProcess:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()
