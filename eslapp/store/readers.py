"""A few reading connections in native threads: a long query never stops the hub and never waits for the writer (WAL).

A short read is as urgent as the daemon that waits for it. One that computes for long (a report) steps aside for the
rest of it: at real-time priority it would hold a core against everybody else. Reads see what was committed before they
began. Not here: writing (``writer``).
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from gevent.threadpool import ThreadPool

from eslapp.less_urgent import thread_comes_back, thread_steps_aside

from .dialect import SqliteSession
from .native import run_in
from .tx import Tx

T = TypeVar("T")
READERS = 3
LONG_STEPS = 1_000_000  # of SQLite's machine: some 10 ms


class Readers:
    """The pool. ``run`` may be called from any greenlet of the hub it was made on."""

    def __init__(self, path: Path, size: int = READERS) -> None:
        self._path = path
        self._idle: list[SqliteSession] = []
        self._pool = ThreadPool(size)

    def run(self, fn: Callable[[Tx], T]) -> T:
        """Run ``fn(tx)`` on a snapshot and return its value. A write inside it is refused."""
        return run_in(self._pool, self._read, fn)

    def close(self) -> None:
        """Wait for running reads, then close the connections."""
        self._pool.join()
        while self._idle:
            self._idle.pop().close()
        self._pool.kill()

    def _read(self, fn: Callable[[Tx], T]) -> T:  # in a thread
        try:
            session = self._idle.pop()
        except IndexError:
            session = SqliteSession(self._path, read_only=True)
        try:
            session.begin_reading()
            session.when_long(LONG_STEPS, thread_steps_aside)
            return fn(Tx(session))
        finally:
            session.roll_back()
            self._idle.append(session)
            thread_comes_back()
