"""The store: two doors, ``write`` and ``read``, over one database file.

Owns: opening (soundness, migrations, epoch), closing. Not here: what can be asked (the noun modules of this package).

A command-line tool that only looks opens with ``Store(path).open_to_read()``; the daemon claims a new epoch with
``open``; from then on a daemon that started earlier changes no row any more (``StaleEpoch``).
"""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from sqlite3 import Connection
from typing import TypeVar

from gevent.threadpool import ThreadPool

from . import migrations
from .dialect import SqliteSession
from .errors import StoreUnavailable
from .native import run_in
from .readers import Readers
from .tx import Tx
from .writer import Publish, Writer

T = TypeVar("T")


class Store:
    """One database file. Made and used on one hub (a plain script's main thread counts as one)."""

    def __init__(
        self,
        path: str | Path,
        *,
        publish: Publish = lambda sequence, event: None,
        connection: type[Connection] = Connection,
    ) -> None:
        """``publish(sequence, event)`` gets every committed event, in order: normally ``bus.publish``."""
        self.path = Path(path)
        self.epoch = 0
        self._publish = publish
        self._connection = connection
        self._writer: Writer | None = None
        self._readers: Readers | None = None

    def open(self, *, at: float) -> Store:
        """Check, migrate, claim the next epoch. Raises ``StoreDamaged``, ``StoreTooNew`` or ``StoreUnavailable``."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with suppress(OSError):  # a file that cannot be had is told by what opens it
            owners_alone(self.path)
        pool = ThreadPool(1)
        try:
            session, self.epoch = run_in(pool, self._open_session, at)
        finally:
            pool.kill()
        self._writer = Writer(session, self.epoch, lambda sequence, event: self._publish(sequence, event))
        self._readers = Readers(self.path)
        return self

    def open_to_read(self) -> Store:
        """Only look: no epoch, no migration. ``StoreUnavailable`` where there is none yet, or an older one."""
        if not self.path.exists():
            raise StoreUnavailable(f"{self.path}: there is no database yet; start the site once (zongji run)")
        self._readers = Readers(self.path, size=1)
        self.read(lambda tx: migrations.must_be_up_to_date(tx, self.path))
        return self

    def write(self, fn: Callable[[Tx], T], *, on_commit: Callable[[T], None] | None = None) -> T:
        """Run ``fn(tx)`` in the writer thread; returns its value only after COMMIT.

        Whatever ``fn`` raises is raised here and nothing of it is kept. ``fn`` may be given up and must not do
        anything but use ``tx``. Events appended by it are published after COMMIT, in order. ``on_commit(value)`` runs
        on the hub right before that.
        """
        if self._writer is None:
            raise StoreUnavailable("the store is not open for writing")
        value: T = self._writer.submit(fn, on_commit)
        return value

    def read(self, fn: Callable[[Tx], T]) -> T:
        """Run ``fn(tx)`` in the reader pool on a snapshot; the hub goes on meanwhile."""
        if self._readers is None:
            raise StoreUnavailable("the store is not open")
        return self._readers.run(fn)

    def close(self) -> None:
        """Finish pending writes and close everything."""
        if self._writer is not None:
            self._writer.close()
        if self._readers is not None:
            self._readers.close()
        self._writer = self._readers = None

    def _open_session(self, at: float) -> tuple[SqliteSession, int]:  # in a thread
        session = SqliteSession(self.path, connection=self._connection)
        try:
            session.check_soundness()
            migrations.apply(session)
            session.begin_writing()
            sql = "UPDATE daemon SET epoch = epoch + 1, claimed_at = :at WHERE id = 1 RETURNING epoch"
            epoch = int(Tx(session).value(sql, at=at))
            session.commit()
        except BaseException:
            session.roll_back()
            session.close()
            raise
        return session, epoch


def owners_alone(path: Path) -> None:
    """Make the file, or what is there, the owner's alone (0600): it has people's words and accounts' tokens in it.

    What SQLite keeps beside it (``-wal``, ``-shm``) takes its permissions over.
    """
    os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
    path.chmod(0o600)
