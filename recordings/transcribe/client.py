"""Asks the transcriber process for a transcript, from the daemon's greenlets.

Owns: the connection (one a job), its deadlines and reconnects. Uses gevent's sockets: the hub is never blocked.
Not here: the process (``server``), when to ask and what to do with the words (the daemon's recorder service).

    client = TranscriberClient(site.transcriber_socket)
    transcript = client.transcribe(Job(interaction, str(path), "en"))
    transcript.ok, transcript.engine, transcript.turns, transcript.error, transcript.retryable
"""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import Any

import gevent  # type: ignore[import-untyped]
from gevent import socket

from . import messages
from .messages import Job, Transcript

FIRST_PAUSE_S = 0.05
LONGEST_PAUSE_S = 1.0


class TranscriberClient:
    """Safe to share between greenlets. No method raises because of the other side.

    ``timeout_s`` bounds one job with all its tries; ``connect_s`` bounds how long a transcriber that is not
    there (restarting, killed) is waited for.
    """

    def __init__(self, socket_path: str | os.PathLike[str], *, timeout_s: float = 600.0, connect_s: float = 10.0):
        self.socket_path = Path(socket_path)
        self._timeout_s = timeout_s
        self._connect_s = connect_s

    def transcribe(self, job: Job, *, timeout_s: float | None = None) -> Transcript:
        """Sends the job and waits for its transcript; a lost connection is tried once more (jobs are idempotent)."""
        deadline = time.monotonic() + (self._timeout_s if timeout_s is None else timeout_s)
        lost = ""
        for _ in range(2):
            try:
                return Transcript.from_json(self._ask(job.as_json(), deadline), job.job)
            except _Unreachable as error:
                return Transcript.failed(job.job, str(error), retryable=True)
            except TimeoutError:
                return Transcript.failed(job.job, "asr: no transcript in time; try again later", retryable=True)
            except (OSError, messages.MessageError) as error:
                lost = f"asr: the transcriber went away during the job ({error})"
        return Transcript.failed(job.job, lost, retryable=True)

    def status(self, *, timeout_s: float = 2.0) -> dict[str, Any]:
        """What the process says of itself, for health pages: ``{"ok", "languages": {"en": {...}}, ...}``."""
        deadline = time.monotonic() + timeout_s
        try:
            return self._ask({"ask": "status"}, deadline, connect_s=0.0)
        except (OSError, messages.MessageError) as error:
            return {"ok": False, "error": str(error) or "asr: the transcriber does not answer", "languages": {}}

    def warm(self, language: str, *, timeout_s: float = 60.0) -> bool:
        """Have the recogniser for live words of this language loaded; whether it is."""
        try:
            found = self._ask({"ask": "warm", "language": language}, time.monotonic() + timeout_s, connect_s=0.0)
        except (OSError, messages.MessageError):
            return False
        return bool(found.get("ok"))

    def _ask(self, body: dict[str, Any], deadline: float, *, connect_s: float | None = None) -> dict[str, Any]:
        connection = self._connect(deadline, self._connect_s if connect_s is None else connect_s)
        try:
            connection.settimeout(_left(deadline))
            connection.sendall(messages.encode(body))
            return messages.decode(_read_line(connection, deadline))
        finally:
            connection.close()

    def _connect(self, deadline: float, connect_s: float) -> socket.socket:
        give_up = min(deadline, time.monotonic() + connect_s)
        pause = FIRST_PAUSE_S
        while True:
            connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
            try:
                connection.settimeout(_left(deadline))
                connection.connect(os.fspath(self.socket_path))
                return connection
            except OSError as error:
                connection.close()
                if time.monotonic() + pause > give_up:
                    raise _Unreachable(self._unreachable_text(error)) from None
            gevent.sleep(pause)
            pause = min(LONGEST_PAUSE_S, pause * 2)

    def _unreachable_text(self, error: OSError) -> str:
        reason = error.strerror or str(error)
        return f"asr: no transcriber at {self.socket_path} ({reason}); 'zongji run' starts one"


class _Unreachable(OSError):
    """Nobody listens at the socket."""


def _left(deadline: float) -> float:
    left = deadline - time.monotonic()
    if left <= 0:
        raise TimeoutError("asr: the transcriber does not answer")
    return left


def _read_line(connection: socket.socket, deadline: float) -> bytes:
    parts: list[bytes] = []
    size = 0
    while size <= messages.LINE_LIMIT:
        connection.settimeout(_left(deadline))
        part = connection.recv(65_536)
        if not part:
            raise ConnectionResetError("connection closed before the answer")
        parts.append(part)
        size += len(part)
        if part.endswith(b"\n"):
            return b"".join(parts)
    raise messages.MessageError("the answer is longer than any transcript")
