"""Starts and watches the processes of one site on one machine (systemd units do this in production).

Owns: order of start, readiness, restart with back-off, orderly stop. Not here: what the processes do.
The switch is never restarted in haste with calls up: it is its own process, and only its death restarts it.

>>> Backoff().delay(0), Backoff().delay(10)
(0.1, 5.0)
"""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from secrets import randbelow

READY_WITHIN_S = 30.0
STOP_WITHIN_S = 5.0
POLL_S = 0.05
STABLE_AFTER_S = 30.0
NO_BYTECODE = "PYTHONDONTWRITEBYTECODE"  # without it a restart compiles every module anew: 0.8 s of a core
PORTS = range(10_000, 16_384)  # below the media ports, and below those given to outgoing connections


class StartFailed(Exception):
    """A process did not come up; the text names it, the reason and its log."""


@dataclass(frozen=True, slots=True)
class Backoff:
    """0.1 s doubling up to 5 s."""

    first_s: float = 0.1
    most_s: float = 5.0

    def delay(self, failures: int) -> float:
        """Seconds to wait after so many failures in a row."""
        return min(self.most_s, self.first_s * 2 ** min(failures, 16))


@dataclass(slots=True)
class Child:
    """One process: ``is_ready`` is asked until it says yes; ``log`` takes its stderr and stdout."""

    name: str
    argv: list[str]
    is_ready: Callable[[int], bool]
    log: Path
    process: subprocess.Popen[bytes] | None = None
    failures: int = 0
    started_at: float = 0.0
    retry_at: float = 0.0
    was_ready: bool = False


@dataclass(slots=True)
class Supervisor:
    """Keeps its children running until ``stop``; ``on_restart(name, exit_code)`` is told of each death.

    ``lock``: an open file that the children inherit and ``stop`` closes (``site_lock``); -1 for none.
    """

    children: list[Child]
    on_restart: Callable[[str, int], None] = lambda _name, _code: None
    backoff: Backoff = field(default_factory=Backoff)
    lock: int = -1
    _stopping: bool = False

    def start(self) -> None:
        """Start all in order, each ready before the next; raises ``StartFailed``."""
        for child in self.children:
            self._spawn(child)
            self._await_ready(child)

    def watch(self, until: Callable[[], bool] = lambda: False) -> None:
        """Restart what dies, until ``until()`` or ``stop``."""
        while not self._stopping and not until():
            self.look_once()
            time.sleep(POLL_S)

    def look_once(self) -> None:
        """One round of watching."""
        now = time.monotonic()
        for child in self.children:
            if child.process is None:
                if now >= child.retry_at:
                    self._spawn_again(child, now)
                continue
            code = child.process.poll()
            if code is None:
                child.was_ready = child.was_ready or child.is_ready(child.process.pid)
                if child.failures and now - child.started_at > STABLE_AFTER_S:
                    child.failures = 0
                continue
            child.process = None
            if child.was_ready and code == -signal.SIGKILL:  # from outside: it would have gone on
                child.failures = 0
            child.retry_at = now + self.backoff.delay(child.failures)
            child.failures += 1
            self.on_restart(child.name, code)

    def stop(self) -> None:
        """End all children, last started first: SIGTERM, then SIGKILL after five seconds (at once if interrupted)."""
        self._stopping = True
        running = [child.process for child in reversed(self.children) if child.process is not None]
        try:
            for process in running:
                end(process)
        finally:
            for process in running:
                if process.poll() is None:  # a second Ctrl-C
                    process.kill()
            if self.lock >= 0:
                os.close(self.lock)
                self.lock = -1

    def _spawn_again(self, child: Child, now: float) -> None:
        """The others live on where this one cannot be started now (no memory, no processes left)."""
        try:
            self._spawn(child)
        except OSError:
            child.retry_at = now + self.backoff.delay(child.failures)
            child.failures += 1

    def _spawn(self, child: Child) -> None:
        with child.log.open("ab") as log:
            child.process = subprocess.Popen(
                child.argv,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                env={name: value for name, value in os.environ.items() if name != NO_BYTECODE},
                pass_fds=(self.lock,) if self.lock >= 0 else (),
            )
        child.started_at, child.was_ready = time.monotonic(), False

    def _await_ready(self, child: Child) -> None:
        deadline = time.monotonic() + READY_WITHIN_S
        while time.monotonic() < deadline and child.process is not None:
            code = child.process.poll()
            if code is not None:
                raise StartFailed(f"{child.name} ended at once (exit {code}): {last_line(child.log)}")
            if child.is_ready(child.process.pid):
                return
            time.sleep(POLL_S)
        raise StartFailed(f"{child.name} was not ready within {READY_WITHIN_S:.0f} s; see {child.log}")


def end(process: subprocess.Popen[bytes]) -> None:
    """Ask one to end, then make it."""
    if process.poll() is not None:
        return
    process.send_signal(signal.SIGTERM)
    try:
        process.wait(STOP_WITHIN_S)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def last_line(log: Path) -> str:
    """The last line a process wrote: its own error message."""
    lines = log.read_text(encoding="utf-8", errors="replace").strip().splitlines()
    return lines[-1] if lines else f"no message; see {log}"


def free_port(host: str = "127.0.0.1") -> int:
    """A port that is free now, for TCP and UDP alike (SIP listens on both).

    Not from the range that the system gives to outgoing connections: there one is taken between asking and binding.
    """
    for _ in range(1000):
        port = PORTS.start + randbelow(len(PORTS))
        if all(is_port_free(port, kind, host) for kind in (socket.SOCK_DGRAM, socket.SOCK_STREAM)):
            return port
    raise StartFailed(f"no free port between {PORTS.start} and {PORTS.stop} on {host}")


def is_port_free(port: int, kind: int = socket.SOCK_STREAM, host: str = "127.0.0.1") -> bool:
    """Whether ``port`` could be bound now."""
    with socket.socket(socket.AF_INET, kind) as probe:
        if kind == socket.SOCK_STREAM:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True
