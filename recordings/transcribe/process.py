"""One worker process as its parent sees it: started when needed, one job at a time, given up when it hangs or dies.

Owns: starting, asking with a deadline, killing, recycling (memory, a better engine found).
Not here: what happens inside (``worker``), who asks (``server``).
"""

from __future__ import annotations

import contextlib
import os
import select
import signal
import subprocess
import sys
import threading
import time
from typing import Any

from .engine import EngineError, Found
from .messages import Job, MessageError, Transcript, decode, encode

LOAD_WITHIN_S = 60.0
RSS_LIMIT_MB = 1_500
ENDING_S = 3.0
WORKER = (sys.executable, "-m", "recordings.transcribe.worker")


class WorkerLost(Exception):
    """The process ended, hung or spoke nonsense; it has been killed. The text is for the screen."""


class EngineProcess:
    """A worker for one language. ``run`` may be called from many threads; jobs wait for each other."""

    def __init__(self, found: Found, *, command: tuple[str, ...] = WORKER, rss_limit_mb: int = RSS_LIMIT_MB) -> None:
        self.found = found
        self.jobs_done = 0
        self.restarts = 0
        self.load_s = 0.0
        self.rss_mb = 0
        self._command = command
        self._rss_limit_mb = rss_limit_mb
        self._turn = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._unread = b""

    @property
    def pid(self) -> int | None:
        process = self._process
        return process.pid if process and process.poll() is None else None

    def run(self, job: Job, allowed_s: float) -> Transcript:
        """Never raises: a dead worker is a retryable answer, and the next job starts a new one."""
        with self._turn:
            try:
                self._start()
                answer = self._ask(job.as_json(), allowed_s)
            except EngineError as error:
                return Transcript.failed(job.job, str(error), retryable=error.is_retryable, engine=self.found.name)
            except WorkerLost as error:
                return Transcript.failed(job.job, f"asr: {error}", retryable=True, engine=self.found.name)
            self.jobs_done += 1
            self.rss_mb = int(answer.get("rss_mb", 0))
            if self.rss_mb > self._rss_limit_mb:
                self._end()
            return Transcript.from_json(answer, job.job)

    def load(self) -> float:
        """Starts the worker and returns the seconds its model took. Raises EngineError or WorkerLost."""
        with self._turn:
            self._start()
            return self.load_s

    def stop(self) -> None:
        """Ends the worker at once, also in the middle of a job (whose caller gets a retryable answer)."""
        process = self._process
        if process is not None:
            process.kill()
            process.wait()

    def _start(self) -> None:
        if self.pid is not None:
            return
        if self._process is not None:
            self.restarts += 1
            self._end()
        self._unread = b""
        environ = {**os.environ, "OMP_NUM_THREADS": "1"}
        self._process = subprocess.Popen(self._command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environ)
        ready = self._ask(self.found.as_json(), LOAD_WITHIN_S)
        if ready.get("ready") is not True:
            self._end()
            raise EngineError(str(ready.get("error") or "asr: the engine did not start"))
        self.load_s = float(ready.get("load_s", 0.0))

    def _ask(self, body: dict[str, Any], allowed_s: float) -> dict[str, Any]:
        process = self._process
        assert process is not None and process.stdin is not None and process.stdout is not None
        try:
            process.stdin.write(encode(body))
            process.stdin.flush()
            return decode(self._read_line(process, time.monotonic() + allowed_s))
        except TimeoutError:
            self._end()
            raise WorkerLost(f"{self.found.name} took longer than {allowed_s:.0f} s and was stopped") from None
        except (OSError, MessageError, EOFError):
            raise WorkerLost(f"{self.found.name} {self._how_it_ended()}; the next job starts it again") from None

    def _read_line(self, process: subprocess.Popen[bytes], deadline: float) -> bytes:
        assert process.stdout is not None
        handle = process.stdout.fileno()
        while b"\n" not in self._unread:
            left = deadline - time.monotonic()
            if left <= 0 or not select.select([handle], [], [], left)[0]:
                raise TimeoutError
            part = os.read(handle, 65_536)
            if not part:
                raise EOFError
            self._unread += part
        line, _, self._unread = self._unread.partition(b"\n")
        return line

    def _how_it_ended(self) -> str:
        code = self._end(grace_s=ENDING_S)  # its pipe is closed: it is on its way out
        return f"was ended by {signal.Signals(-code).name}" if code < 0 else f"ended with exit code {code}"

    def _end(self, grace_s: float = 0.0) -> int:
        """Kills what is left after ``grace_s``, closes the pipes and tells how it ended."""
        process, self._process = self._process, None
        if process is None:
            return 0
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(grace_s)
        process.kill()
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                with contextlib.suppress(OSError):
                    pipe.close()
        return process.wait()
