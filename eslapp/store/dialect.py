"""SQLite, and everything that is special about it. The one file to write again for PostgreSQL.

Owns: opening a connection, durability settings, the fence's lock, types and triggers in migrations, the
translation of errors. Not here: portable SQL (the noun modules), threads (``writer``, ``readers``).

Durability (sqlite.org/pragma.html#pragma_synchronous): WAL with synchronous=FULL syncs the log at every COMMIT,
so that what was acknowledged survives power loss; NORMAL would not.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from sqlite_utils import Database

from .errors import CommitUncertain, Conflict, StoreDamaged, StoreUnavailable
from .tx import Tx

BUSY_MS = 5_000
TOKENS = {
    "{serial}": "INTEGER PRIMARY KEY AUTOINCREMENT",
    "{integer}": "INTEGER",
    "{real}": "REAL",
    "{bytes}": "BLOB",
    "{strict}": " STRICT",
}
APPEND_ONLY = re.compile(r"^-- @append_only (\w+)$", re.MULTILINE)
COMMENT = re.compile(r"--[^\n]*")


class SqliteSession:
    """One connection. Used by one thread at a time; every error that leaves it is a ``StoreError``."""

    def __init__(
        self, path: Path, *, read_only: bool = False, connection: type[sqlite3.Connection] = sqlite3.Connection
    ) -> None:
        self.path = path
        try:
            raw = sqlite3.connect(
                path, timeout=BUSY_MS / 1000, isolation_level=None, check_same_thread=False, factory=connection
            )
        except sqlite3.Error as error:
            raise self._translate(error) from error
        self._database = Database(raw, execute_plugins=False)
        self._file = _identity(path)
        try:
            self._configure(read_only)
        except BaseException:
            raw.close()
            raise

    def _configure(self, read_only: bool) -> None:
        if read_only:
            self.execute("PRAGMA query_only = ON", {})
            return
        try:
            self._database.enable_wal()
        except sqlite3.Error as error:
            raise self._translate(error) from error
        self.execute("PRAGMA synchronous = FULL", {})
        self.execute("PRAGMA foreign_keys = ON", {})

    def execute(self, sql: str, parameters: Mapping[str, Any]) -> tuple[list[str], list[Any], int]:
        """Run one statement (named parameters ``:name``) inside the current transaction."""
        try:
            cursor = self._database.execute(sql, dict(parameters))
            rows = cursor.fetchall()
        except sqlite3.Error as error:
            raise self._translate(error) from error
        except OSError as error:
            raise StoreUnavailable(f"{self.path}: {error}; free space or mend the disk, then try again") from error
        names = [column[0] for column in cursor.description or ()]
        return names, rows, max(cursor.rowcount, 0)

    @property
    def is_in_transaction(self) -> bool:
        """False after an error that made SQLite roll back by itself (disk full, I/O error)."""
        return self._database.conn.in_transaction

    def begin_writing(self) -> None:
        """Take the write lock; ``StoreUnavailable`` after ``BUSY_MS`` of waiting for another process.

        A file that was moved away or replaced would still take our writes, and nobody would ever read them.
        """
        if _identity(self.path) != self._file:
            raise StoreUnavailable(f"{self.path}: the database was moved away or replaced; put it back, or restart")
        if self.is_in_transaction:  # giving up the last one failed too: the disk must let go of it first
            self.execute("ROLLBACK", {})
        self.execute("BEGIN IMMEDIATE", {})

    def begin_reading(self) -> None:
        """A snapshot for several reads."""
        self.execute("BEGIN", {})

    def when_long(self, steps: int, do: Callable[[], None]) -> None:
        """``do()`` in the midst of a statement that takes so many steps of SQLite's machine, and again."""
        self._database.conn.set_progress_handler(do, steps)  # None: go on

    def commit(self) -> None:
        """COMMIT and sync. ``CommitUncertain`` where the outcome cannot be known."""
        try:
            self.execute("COMMIT", {})
        except StoreUnavailable as error:
            self.roll_back()
            raise CommitUncertain(f"{error} (COMMIT failed)") from error

    def roll_back(self) -> None:
        """Give up the transaction, if one is open; never raises."""
        with suppress(sqlite3.Error, OSError):
            if self.is_in_transaction:
                self._database.conn.execute("ROLLBACK")

    def epoch_in_force(self) -> int:
        """The newest daemon's epoch. Under the write lock nobody can change it before our COMMIT."""
        return int(Tx(self).value("SELECT epoch FROM daemon WHERE id = 1"))

    def check_soundness(self) -> None:
        """``StoreDamaged`` unless SQLite finds the file sound."""
        with suppress(StoreUnavailable):
            rows = Tx(self).all("PRAGMA quick_check(3)")
            findings = [str(next(iter(row.values()))) for row in rows]
            if findings != ["ok"]:
                raise StoreDamaged(self._damaged("; ".join(findings).replace("\n", "; ")))

    def has_table(self, name: str) -> bool:
        """Whether the schema has this table."""
        return knows_table(Tx(self), name)

    def close(self) -> None:
        """Close the connection."""
        with suppress(sqlite3.Error):
            self._database.close()

    def _translate(self, error: sqlite3.Error) -> Exception:
        if isinstance(error, sqlite3.IntegrityError):
            return Conflict(str(error))
        code = getattr(error, "sqlite_errorcode", None)
        primary = code & 0xFF if code is not None else None
        if primary in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB):
            return StoreDamaged(self._damaged(str(error)))
        if isinstance(error, sqlite3.OperationalError) and primary != sqlite3.SQLITE_ERROR:
            mend = "free space, mend the permissions or end whoever holds it, then try again"
            return StoreUnavailable(f"{self.path}: {error}; {mend}")
        return error

    def _damaged(self, finding: str) -> str:
        return (
            f"{self.path}: the database is damaged ({finding}); stop Zongji, move this file and its -wal and "
            "-shm files aside and put your last copy in its place"
        )


def _identity(path: Path) -> tuple[int, int]:
    """Which file stands there; (0, 0): none."""
    try:
        found = path.stat()
    except OSError:
        return 0, 0
    return found.st_dev, found.st_ino


def knows_table(tx: Tx, name: str) -> bool:
    """Whether the schema has this table."""
    return bool(tx.value("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = :name", name=name) == 1)


def statements(migration: str) -> list[str]:
    """A migration file as the statements SQLite takes."""
    tables = APPEND_ONLY.findall(migration)
    for token, sql in TOKENS.items():
        migration = migration.replace(token, sql)
    parts = [part.strip() for part in COMMENT.sub("", migration).split(";")]
    triggers = [trigger for table in tables for trigger in _append_only(table)]
    return [part for part in parts if part] + triggers


def _append_only(table: str) -> list[str]:
    """SQLite has no privileges: triggers refuse what an append-only table must never see."""
    return [
        f"CREATE TRIGGER {table}_refuse_{verb.lower()} BEFORE {verb} ON {table} "
        f"BEGIN SELECT RAISE(ABORT, '{table} is append-only: {verb} refused'); END"
        for verb in ("UPDATE", "DELETE")
    ]
