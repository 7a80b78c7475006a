"""The n-th statement fails, n = 1, 2, 3 ... until none does: a write is done or cleanly refused, the file stays sound.

After a fault the same store goes on working; after a fault at COMMIT the caller is told that the outcome is unknown.
"""

from __future__ import annotations

import resource
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from eslapp.core.events import PhoneChanged
from eslapp.store import Store, StoreUnavailable, Tx, contacts, events
from eslapp.store.errors import CommitUncertain

STATEMENTS_MAX = 60


class Fault:
    """Shared with the connection: which statement fails, with what, and for how long."""

    def __init__(self) -> None:
        self.seen: list[str] = []
        self.fails_at = 0
        self.lasts = False
        self.error: Exception = OSError(28, "No space left on device")

    def arm(self, fails_at: int, *, lasts: bool, error: Exception) -> None:
        self.seen, self.fails_at, self.lasts, self.error = [], fails_at, lasts, error

    def check(self, sql: str) -> None:
        self.seen.append(sql)
        number = len(self.seen)
        if self.fails_at and (number == self.fails_at or (self.lasts and number > self.fails_at)):
            raise self.error


@pytest.fixture
def fault() -> Fault:
    return Fault()


@pytest.fixture
def faulty_store(tmp_path: Path, fault: Fault) -> Iterator[Store]:
    class FaultyConnection(sqlite3.Connection):
        def execute(self, sql: str, *rest: Any) -> sqlite3.Cursor:
            fault.check(sql)
            return super().execute(sql, *rest)

    store = Store(tmp_path / "zongji.db", connection=FaultyConnection).open(at=1.0)
    yield store
    fault.arm(0, lasts=False, error=OSError())
    store.close()


def io_error() -> sqlite3.OperationalError:
    error = sqlite3.OperationalError("disk I/O error")
    error.sqlite_errorcode = sqlite3.SQLITE_IOERR
    return error


def work(tx: Tx, number: int) -> None:
    contacts.find_or_create(tx, scope="tel", external_id=f"t{number}", new_id=f"c{number}", at=1.0)
    events.append(tx, PhoneChanged(at=1.0, agent=f"a{number}", registered=True))


def kept(store: Store) -> set[int]:
    with sqlite3.connect(store.path) as raw:
        assert raw.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        people = {int(row[0][1:]) for row in raw.execute("SELECT id FROM contacts")}
        log = {int(row[0][1:]) for row in raw.execute("SELECT agent FROM events")}
    raw.close()
    assert people == log, "a write is there by halves"
    return people


@pytest.mark.parametrize("lasts", [False, True], ids=["once", "persistent"])
@pytest.mark.parametrize("make_error", [lambda: OSError(28, "No space left on device"), io_error], ids=["os", "sqlite"])
def test_the_nth_statement_fails(faulty_store: Store, fault: Fault, make_error: Any, lasts: bool) -> None:
    done: set[int] = set()
    for number in range(1, STATEMENTS_MAX):
        fault.arm(number, lasts=lasts, error=make_error())
        try:
            faulty_store.write(lambda tx, number=number: work(tx, number))
            done.add(number)
        except StoreUnavailable as refusal:
            assert isinstance(refusal, CommitUncertain) == (fault.seen[number - 1] == "COMMIT")
        reached = len(fault.seen) >= number
        fault.arm(0, lasts=False, error=OSError())
        assert kept(faulty_store) == done
        if not reached:
            break
    else:
        pytest.fail("a write never went through")
    assert done == {number}, "only the last one met no fault"
    assert number > 8, "too few statements were tried for this to be the real store"


@pytest.mark.system
def test_a_really_full_disk(tmp_path: Path) -> None:
    """A real I/O error: the kernel refuses to let the files grow (RLIMIT_FSIZE), then lets them again."""
    script = Path(__file__).with_name("full_disk.py")
    ran = subprocess.run(
        [sys.executable, str(script), str(tmp_path / "zongji.db")], capture_output=True, text=True, timeout=60
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr
    refused, acknowledged = (int(word) for word in ran.stdout.split())
    assert refused > 0 and acknowledged > 10
    assert resource.getrlimit(resource.RLIMIT_FSIZE)[0] == resource.RLIM_INFINITY
