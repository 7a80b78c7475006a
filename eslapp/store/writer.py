"""The one writer: a thread that owns the writing connection and commits in batches.

Owns: the order of writes, the fence (epoch) and the moment of acknowledgement. While one batch is being synced the
next one gathers, so that a busy daemon pays one sync for many writes. Not here: what is written.

The thread is a native one (gevent's thread pool), so that a lock or a slow disk never stops the hub.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import Any, Protocol

import gevent
from gevent.event import AsyncResult
from gevent.event import Event as Signal
from gevent.threadpool import ThreadPool

from eslapp.core.events import Event

from .dialect import SqliteSession
from .errors import CommitUncertain, StaleEpoch, StoreUnavailable
from .native import run_in
from .tx import Tx

BATCH_MAX = 100
WAITING_MAX = 10_000
ANSWER_S = 30.0


class Publish(Protocol):
    """Takes a committed event with its sequence number; must not block."""

    def __call__(self, sequence: int, event: Event, /) -> None: ...


class Write:
    """One piece of work on its way."""

    __slots__ = ("appended", "error", "fn", "on_commit", "result", "value")

    def __init__(self, fn: Callable[[Tx], Any], on_commit: Callable[[Any], None] | None) -> None:
        self.fn = fn
        self.on_commit = on_commit
        self.result: AsyncResult = AsyncResult()
        self.value: Any = None
        self.error: BaseException | None = None
        self.appended: list[tuple[int, Event]] = []


class Writer:
    """Serialises writes. ``submit`` may be called from any greenlet of the hub it was started on."""

    def __init__(self, session: SqliteSession, epoch: int, publish: Publish) -> None:
        self._session = session
        self._epoch = epoch
        self._publish = publish
        self._waiting: deque[Write] = deque()
        self._arrived = Signal()
        self._is_closing = False
        self._pool = ThreadPool(1)
        self._pump = gevent.spawn(self._run)

    def submit(self, fn: Callable[[Tx], Any], on_commit: Callable[[Any], None] | None = None) -> Any:
        """Run ``fn(tx)`` in the thread; returns its value after COMMIT, or raises what it raised (nothing is kept).

        ``on_commit(value)`` runs on the hub after COMMIT and before the events are published.
        """
        if self._is_closing:
            raise StoreUnavailable("the store is closed")
        if len(self._waiting) >= WAITING_MAX:
            raise StoreUnavailable(f"{WAITING_MAX} writes are waiting: the disk does not keep up; try again")
        write = Write(fn, on_commit)
        self._waiting.append(write)
        self._arrived.set()
        try:
            return write.result.get(timeout=ANSWER_S)
        except gevent.Timeout as late:
            if write in self._waiting:
                self._waiting.remove(write)
                raise StoreUnavailable(f"the disk was busy for {ANSWER_S:.0f} s; nothing was kept, try again") from late
            write.on_commit = None  # nobody waits for it any more
            raise CommitUncertain(
                f"no answer from the disk for {ANSWER_S:.0f} s; whether it was kept is unknown"
            ) from late

    def close(self) -> None:
        """Finish what was submitted, then end the thread and close the connection."""
        self._is_closing = True
        self._arrived.set()
        self._pump.join(timeout=ANSWER_S)
        run_in(self._pool, self._session.close)
        self._pool.kill()

    def _run(self) -> None:
        while True:
            self._arrived.wait()
            self._arrived.clear()
            while self._waiting:
                batch = [self._waiting.popleft() for _ in range(min(len(self._waiting), BATCH_MAX))]
                run_in(self._pool, self._commit, batch)
                self._settle(batch)
            if self._is_closing:
                return

    def _settle(self, batch: list[Write]) -> None:
        """On the hub, after COMMIT: adopt, publish in order, then wake the callers."""
        done = [write for write in batch if write.error is None]
        for write in done:
            self._adopt(write)
        for write in done:
            for sequence, event in write.appended:
                self._publish(sequence, event)
        for write in batch:
            if write.error is None:
                write.result.set(write.value)
            else:
                write.result.set_exception(write.error)

    @staticmethod
    def _adopt(write: Write) -> None:
        try:
            if write.on_commit is not None:
                write.on_commit(write.value)
        except Exception as error:  # the boundary of a write: it is committed; its caller hears of our mistake
            write.error = error

    # Below: in the thread.

    def _commit(self, batch: list[Write]) -> None:
        try:
            self._session.begin_writing()
            self._check_epoch()
            for write in batch:
                self._run_one(write)
            self._session.commit()
        except Exception as error:  # the boundary of a batch: nothing of it was kept, everybody is told
            self._session.roll_back()
            for write in batch:
                write.error = write.error or error

    def _check_epoch(self) -> None:
        newest = self._session.epoch_in_force()
        if newest != self._epoch:
            raise StaleEpoch(
                f"{self._session.path}: daemon start {newest} has taken over from {self._epoch}; end this daemon"
            )

    def _run_one(self, write: Write) -> None:
        """One write inside a savepoint: its failure does not touch the others."""
        tx = Tx(self._session, self._epoch)
        tx.run("SAVEPOINT one_write")
        try:
            write.value = write.fn(tx)
        except Exception as error:  # the boundary of a write: told to its caller only
            write.error = error
            if not self._session.is_in_transaction:  # SQLite rolled everything back by itself (disk full, I/O error)
                raise StoreUnavailable(str(error)) from error
            tx.run("ROLLBACK TO SAVEPOINT one_write")
        else:
            write.appended = tx.appended
        tx.run("RELEASE SAVEPOINT one_write")
