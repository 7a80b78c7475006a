"""The transcriber's front: a unix socket, one thread a connection, one worker process a language, and one more for
those who wait on the line (``live``).

Owns: the socket, which worker gets a job, what the status page says. Never runs native code itself, so nothing an
engine does can end it. Not here: the workers (``process``), the choice of engine (``selection``).
"""

from __future__ import annotations

import contextlib
import errno
import os
import socket
import sys
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from recordings.wav import WavError

from .engine import Absent, EngineError, Found, Places
from .engines import ENGINES
from .messages import Job, MessageError, Transcript, decode, encode, job_from
from .process import EngineProcess, WorkerLost
from .selection import Wish, choose
from .writing import checked, time_allowed_s

MOST_CONNECTIONS = 64
LONGEST_PATH = 107  # sun_path of Linux
IDLE_S = 3600.0
REQUEST_LIMIT = 65_536


class SocketTaken(RuntimeError):
    """The socket cannot be had; one line with the mend."""


class TranscriberServer:
    """Listens from construction on; ``serve`` accepts until ``stop``."""

    def __init__(self, socket_path: Path, places: Places, wishes: Sequence[Wish] = ()) -> None:
        self.socket_path = socket_path
        self._places = places
        self._wishes = tuple(wishes)
        self._workers: dict[str, EngineProcess] = {}
        self._lock = threading.Lock()
        self._seats = threading.BoundedSemaphore(MOST_CONNECTIONS)
        self._listener = listen(socket_path)

    def serve(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError as error:
                if error.errno in (errno.EBADF, errno.EINVAL):
                    return  # stopped
                continue
            if not self._seats.acquire(blocking=False):
                with contextlib.suppress(OSError), connection:
                    connection.sendall(encode(_busy()))
                continue
            threading.Thread(target=self._converse, args=(connection,), daemon=True).start()

    def stop(self) -> None:
        """Closes the socket and ends all workers."""
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self.socket_path.unlink(missing_ok=True)
        with self._lock:
            workers = list(self._workers.values())
        for worker in workers:
            worker.stop()

    def answer(self, line: bytes) -> dict[str, Any]:
        """One request, one answer; whatever is wrong with the request is in the answer."""
        try:
            body = decode(line)
            if body.get("ask") == "status":
                return self.status()
            if body.get("ask") == "warm":
                return self.warm(str(body.get("language", "")))
            return self._transcribe(job_from(body)).as_json()
        except MessageError as error:
            return Transcript.failed("", f"asr: {error}").as_json()

    def status(self) -> dict[str, Any]:
        """For health pages: which engine would write which language down, or why none."""
        with self._lock:
            workers = dict(self._workers)
        written = (name for name in workers if " " not in name)
        names = sorted({"en", "zh", *written, *(wish.language for wish in self._wishes)})
        return {"ok": True, "pid": os.getpid(), "languages": {name: self._of(name, workers) for name in names}}

    def warm(self, language: str) -> dict[str, Any]:
        """Have the worker for those who wait on the line loaded: somebody will speak in a moment."""
        found = choose(language, self._places, ENGINES, self._wishes)
        if isinstance(found, Absent) or found.reason:
            return {"ok": False, "error": found.reason}
        try:
            return {"ok": True, "load_s": self._worker(found, is_live=True).load()}
        except (EngineError, WorkerLost) as error:
            return {"ok": False, "error": str(error)}

    def _of(self, language: str, workers: dict[str, EngineProcess]) -> dict[str, Any]:
        found = choose(language, self._places, ENGINES, self._wishes)
        if isinstance(found, Absent):
            return {"ok": False, "engine": "none", "reason": found.reason}
        about: dict[str, Any] = {"ok": not found.reason, "engine": found.name}
        if found.reason:
            about["reason"] = found.reason
        worker = workers.get(language)
        if worker is not None:
            about |= {"pid": worker.pid, "jobs": worker.jobs_done, "restarts": worker.restarts}
            about |= {"load_s": worker.load_s, "rss_mb": worker.rss_mb}
        return about

    def _transcribe(self, job: Job) -> Transcript:
        try:
            wav = checked(job)
        except WavError as error:
            return Transcript.failed(job.job, f"asr: {error}")
        except OSError as error:
            return Transcript.failed(job.job, f"asr: {job.path}: {error.strerror}", retryable=True)
        found = choose(job.language, self._places, ENGINES, self._wishes)
        if isinstance(found, Absent):
            return Transcript.failed(job.job, found.reason)
        if found.reason:
            return Transcript.failed(job.job, found.reason)
        return self._worker(found, is_live=job.is_live).run(job, time_allowed_s(job, wav))

    def _worker(self, found: Found, *, is_live: bool) -> EngineProcess:
        """The worker of the language; a new one where another engine or model is the best now (just installed)."""
        name = f"{found.language} live" if is_live else found.language
        with self._lock:
            worker = self._workers.get(name)
            if worker is None or worker.found != found:
                if worker is not None:
                    worker.stop()
                worker = self._workers[name] = EngineProcess(found)
            return worker

    def _converse(self, connection: socket.socket) -> None:
        try:
            with connection, connection.makefile("rb") as lines:
                connection.settimeout(IDLE_S)
                while line := lines.readline(REQUEST_LIMIT):
                    connection.sendall(encode(self.answer(line)))
        except OSError:
            return  # the caller went away; its job is done or can be asked again
        except Exception as error:  # per connection: one bad request must not end the others
            print(f"asr: a request failed: {error!r}", file=sys.stderr, flush=True)
        finally:
            self._seats.release()


def listen(path: Path) -> socket.socket:
    """A listening socket only its owner may use; a socket left behind by a dead process is replaced."""
    if len(os.fsencode(path)) > LONGEST_PATH:
        raise SocketTaken(f"asr: {path}: socket paths end at {LONGEST_PATH} characters; use a shorter site folder")
    if path.is_socket():
        if _is_answering(path):
            raise SocketTaken(f"asr: another transcriber listens at {path}; stop it, or give another --socket")
        path.unlink()
    elif path.exists():
        raise SocketTaken(f"asr: {path} is in the way (not a socket); move it")
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    before = os.umask(0o177)
    try:
        listener.bind(os.fspath(path))
    except OSError as error:
        listener.close()
        raise SocketTaken(f"asr: cannot listen at {path}: {error.strerror}") from None
    finally:
        os.umask(before)
    listener.listen(MOST_CONNECTIONS)
    return listener


def _is_answering(path: Path) -> bool:
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
        probe.settimeout(1.0)
        try:
            probe.connect(os.fspath(path))
        except OSError:
            return False
        return True


def _busy() -> dict[str, Any]:
    return Transcript.failed("", f"asr: busy ({MOST_CONNECTIONS} callers at once)", retryable=True).as_json()
