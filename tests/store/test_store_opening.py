"""Starting on a database: new, old, newer than us, damaged, not ours any more."""

from __future__ import annotations

import sqlite3
import stat
from pathlib import Path

import pytest

from eslapp.store import StaleEpoch, Store, StoreDamaged, StoreTooNew, StoreUnavailable, contacts, migrations
from eslapp.store.dialect import SqliteSession


def add_contact(store: Store, name: str) -> None:
    store.write(lambda tx: contacts.find_or_create(tx, scope="tel", external_id=name, new_id=name, at=1.0))


def contact_count(path: Path) -> int:
    with sqlite3.connect(path) as raw:
        return raw.execute("SELECT COUNT(*) FROM contacts").fetchone()[0]


def test_each_start_takes_a_new_epoch_and_migrates_once(tmp_path: Path) -> None:
    path = tmp_path / "var" / "zongji.db"
    for epoch in (1, 2, 3):
        store = Store(path).open(at=float(epoch))
        assert store.epoch == epoch
        store.close()
    with sqlite3.connect(path) as raw:
        numbers = [row[0] for row in raw.execute("SELECT number FROM migrations ORDER BY number")]
        assert numbers == [step.number for step in migrations.shipped()]
        assert raw.execute("PRAGMA journal_mode").fetchone()[0] == "wal"


@pytest.mark.parametrize("was", [None, 0o644, 0o666])
def test_nobody_else_of_the_machine_reads_it(tmp_path: Path, was: int | None) -> None:
    path = tmp_path / "zongji.db"
    if was is not None:
        Store(path).open(at=1.0).close()
        path.chmod(was)
    store = Store(path).open(at=2.0)
    add_contact(store, "a")
    kept = [*tmp_path.iterdir()]
    assert {stat.S_IMODE(one.stat().st_mode) for one in kept} == {0o600} and len(kept) == 3  # with -wal and -shm
    store.close()


def test_an_older_daemon_changes_no_row_any_more(tmp_path: Path) -> None:
    path = tmp_path / "zongji.db"
    old = Store(path).open(at=1.0)
    add_contact(old, "a")
    new = Store(path).open(at=2.0)
    with pytest.raises(StaleEpoch, match="daemon start 2 has taken over from 1"):
        add_contact(old, "b")
    add_contact(new, "c")
    assert contact_count(path) == 2
    assert old.read(lambda tx: contacts.get(tx, "c")) is not None  # looking is still allowed
    old.close()
    new.close()


def test_a_damaged_file_is_refused_with_the_mend(tmp_path: Path) -> None:
    path = tmp_path / "zongji.db"
    store = Store(path).open(at=1.0)
    for number in range(200):
        add_contact(store, f"contact number {number} with a long enough name to fill some pages")
    store.close()
    content = bytearray(path.read_bytes())
    for page in range(5, 20):
        content[page * 4096 + 8 : page * 4096 + 200] = b"\xff" * 192
    path.write_bytes(content)
    with pytest.raises(StoreDamaged, match=r"zongji\.db: the database is damaged \(.*put your last copy in its place"):
        Store(path).open(at=2.0)


def test_a_file_that_is_no_database_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "zongji.db"
    path.write_text("these are not the rows you are looking for" * 100)
    with pytest.raises(StoreDamaged, match="not a database"):
        Store(path).open(at=1.0)
    assert path.read_text().startswith("these are not")


def test_a_newer_schema_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "zongji.db"
    Store(path).open(at=1.0).close()
    with sqlite3.connect(path) as raw:
        raw.execute("INSERT INTO migrations (number, name, checksum) VALUES (9999, 'future', '')")
    with pytest.raises(StoreTooNew, match="step 9999.*install a newer Zongji"):
        Store(path).open(at=2.0)


def test_an_edited_migration_is_a_mistake(tmp_path: Path) -> None:
    path = tmp_path / "zongji.db"
    Store(path).open(at=1.0).close()
    with sqlite3.connect(path) as raw:
        raw.execute("UPDATE migrations SET checksum = 'other' WHERE number = 1")
    with pytest.raises(RuntimeError, match="0001_foundation.sql was edited"):
        Store(path).open(at=2.0)


def test_a_migration_that_fails_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "zongji.db"
    first = migrations.shipped()[0]
    broken = migrations.Migration(1, first.name, first.text + "\nCREATE TABLE contacts (again TEXT);")
    monkeypatch.setattr(migrations, "shipped", lambda: [broken])
    with pytest.raises(sqlite3.OperationalError, match="already exists"):
        Store(path).open(at=1.0)
    monkeypatch.undo()
    Store(path).open(at=2.0).close()


def test_looking_only_needs_a_database_and_claims_nothing(tmp_path: Path) -> None:
    path = tmp_path / "zongji.db"
    with pytest.raises(StoreUnavailable, match="no database yet; start the site once"):
        Store(path).open_to_read()
    owner = Store(path).open(at=1.0)
    add_contact(owner, "a")
    looking = Store(path).open_to_read()
    assert looking.read(lambda tx: contacts.get(tx, "a")) is not None
    with pytest.raises(StoreUnavailable, match="not open for writing"):
        add_contact(looking, "b")
    add_contact(owner, "c")
    looking.close()
    owner.close()


def test_a_file_moved_away_takes_nothing_more_until_it_is_back(tmp_path: Path) -> None:
    path = tmp_path / "zongji.db"
    store = Store(path).open(at=1.0)
    path.rename(tmp_path / "away")
    with pytest.raises(StoreUnavailable, match="moved away or replaced"):
        store.write(lambda tx: None)
    path.touch()
    with pytest.raises(StoreUnavailable, match="moved away or replaced"):
        store.write(lambda tx: None)
    (tmp_path / "away").rename(path)
    store.write(lambda tx: None)
    store.close()


def test_a_closed_store_says_so(tmp_path: Path) -> None:
    store = Store(tmp_path / "zongji.db").open(at=1.0)
    store.close()
    for door in (store.read, store.write):
        with pytest.raises(StoreUnavailable):
            door(lambda tx: contacts.get(tx, "a"))


def test_the_durability_that_was_promised(tmp_path: Path) -> None:
    session = SqliteSession(tmp_path / "zongji.db")
    values = {
        name: session.execute(f"PRAGMA {name}", {})[1][0][0] for name in ("journal_mode", "synchronous", "foreign_keys")
    }
    assert values == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1}
    session.close()


def test_looking_at_an_older_database_says_what_to_do(tmp_path: Path) -> None:
    path = tmp_path / "zongji.db"
    Store(path).open(at=1.0).close()
    with sqlite3.connect(path) as raw:
        raw.execute("DELETE FROM migrations WHERE number = (SELECT MAX(number) FROM migrations)")
    with pytest.raises(StoreUnavailable, match="an older Zongji made it .* start the site once"):
        Store(path).open_to_read()
