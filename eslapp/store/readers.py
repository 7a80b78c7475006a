"""A few reading connections in native threads: a long query never stops the hub and never waits for the writer (WAL).

Not here: writing (``writer``). Reads see what was committed before they began.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from gevent.threadpool import ThreadPool

from .dialect import SqliteSession
from .native import run_in
from .tx import Tx

T = TypeVar("T")
READERS = 3


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
            return fn(Tx(session))
        finally:
            session.roll_back()
            self._idle.append(session)
