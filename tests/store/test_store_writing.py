"""The writer: order, atomicity, acknowledgement after COMMIT, publication in order, and a hub that goes on."""

from __future__ import annotations

import sqlite3
from time import monotonic

import gevent
import pytest
from gevent.event import Event as Signal

from eslapp.core.events import Event, PhoneChanged
from eslapp.store import Conflict, Store, StoreUnavailable, Tx, contacts, dialect, events


def happened(agent: str) -> PhoneChanged:
    return PhoneChanged(at=1.0, agent=agent, registered=True)


def append(tx: Tx, agent: str) -> int:
    return events.append(tx, happened(agent))


def count(store: Store) -> int:
    """As another process sees it."""
    with sqlite3.connect(store.path) as raw:
        return raw.execute("SELECT COUNT(*) FROM events").fetchone()[0]


def test_what_is_acknowledged_is_committed_and_published_in_order(
    store: Store, published: list[tuple[int, Event]]
) -> None:
    def write(number: int) -> None:
        store.write(lambda tx: append(tx, f"a{number}"))
        assert number in committed()

    def committed() -> set[int]:
        with sqlite3.connect(store.path) as raw:
            return {int(row[0][1:]) for row in raw.execute("SELECT agent FROM events")}

    gevent.joinall([gevent.spawn(write, number) for number in range(50)], raise_error=True, timeout=30)
    assert [sequence for sequence, _ in published] == list(range(1, 51))
    assert [event for _, event in store.read(lambda tx: events.after(tx, 0))] == [event for _, event in published]


def test_many_writes_share_a_commit(store: Store) -> None:
    with sqlite3.connect(store.path) as raw:
        before = raw.execute("PRAGMA data_version").fetchone()[0]
        writes = [gevent.spawn(store.write, lambda tx: append(tx, "a")) for _ in range(100)]
        gevent.joinall(writes, raise_error=True, timeout=30)
        assert raw.execute("PRAGMA data_version").fetchone()[0] != before
    assert count(store) == 100


def test_one_failing_write_leaves_nothing_and_harms_no_other(store: Store, published: list[tuple[int, Event]]) -> None:
    def fail(tx: Tx) -> None:
        append(tx, "bad")
        raise ValueError("changed my mind")

    writes = [gevent.spawn(store.write, (lambda tx: append(tx, "good")) if n % 2 else fail) for n in range(20)]
    gevent.joinall(writes, timeout=30)
    assert [type(write.exception) for write in writes] == [ValueError, type(None)] * 10
    assert {event.agent for _, event in published} == {"good"} and len(published) == 10
    assert count(store) == 10


def test_the_caller_adopts_before_anybody_hears_of_it(store: Store, published: list[tuple[int, Event]]) -> None:
    heard_before: list[int] = []
    store.write(lambda tx: append(tx, "a"), on_commit=lambda _: heard_before.append(len(published)))
    assert heard_before == [0] and len(published) == 1


def test_a_mistake_while_adopting_is_told_but_the_event_is_out(
    store: Store, published: list[tuple[int, Event]]
) -> None:
    with pytest.raises(ZeroDivisionError):
        store.write(lambda tx: append(tx, "a"), on_commit=lambda _: 1 / 0)
    assert len(published) == 1
    store.write(lambda tx: append(tx, "b"))


def test_a_broken_rule_of_the_schema_is_a_conflict(store: Store) -> None:
    def make(tx: Tx) -> None:
        contacts.find_or_create(tx, scope="tel", external_id="1", new_id="a", at=1.0)
        contacts.find_or_create(tx, scope="tel", external_id="2", new_id="a", at=1.0)

    with pytest.raises(Conflict):
        store.write(make)
    assert store.read(lambda tx: contacts.get(tx, "a")) is None


def test_a_reader_cannot_write(store: Store) -> None:
    with pytest.raises(StoreUnavailable, match="readonly"):
        store.read(lambda tx: append(tx, "a"))
    assert count(store) == 0


def test_one_read_is_one_snapshot(store: Store) -> None:
    first_and_last: list[int] = []

    def look(tx: Tx) -> None:
        first_and_last.append(events.last_sequence(tx))
        with sqlite3.connect(store.path) as other:
            other.execute(
                "INSERT INTO events (at, type, interaction, agent, epoch, body) VALUES (1.0, 'x', '', '', 1, '{}')"
            )
        other.close()
        first_and_last.append(events.last_sequence(tx))

    store.read(look)
    assert first_and_last == [0, 0]
    assert store.read(events.last_sequence) == 1


def test_a_locked_database_stops_neither_the_hub_nor_the_readers(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    gaps, enough = [monotonic()], Signal()

    def tick() -> None:
        gaps.append(monotonic())
        if len(gaps) > 100:
            enough.set()

    blocker = sqlite3.connect(store.path, isolation_level=None)
    blocker.execute("BEGIN IMMEDIATE")
    writing = gevent.spawn(store.write, lambda tx: append(tx, "a"))
    timer = gevent.get_hub().loop.timer(0.002, 0.002)
    timer.start(tick)
    try:
        assert enough.wait(timeout=10)
        assert store.read(events.last_sequence) == 0
        assert not writing.ready()
    finally:
        timer.stop()
        blocker.execute("ROLLBACK")
        blocker.close()
    assert writing.get(timeout=10) == 1


def test_a_lock_that_is_never_let_go_is_an_error_that_says_so(store: Store) -> None:
    store.write(lambda tx: tx.run("PRAGMA busy_timeout = 50"))
    blocker = sqlite3.connect(store.path, isolation_level=None)
    blocker.execute("BEGIN IMMEDIATE")
    with pytest.raises(StoreUnavailable, match=r"zongji\.db: database is locked; .*try again"):
        store.write(lambda tx: append(tx, "a"))
    blocker.execute("ROLLBACK")
    blocker.close()
    assert store.write(lambda tx: append(tx, "b")) == 1
    assert dialect.BUSY_MS >= 1000


def test_closing_finishes_what_was_asked(store: Store) -> None:
    writes = [gevent.spawn(store.write, lambda tx: append(tx, "a")) for _ in range(30)]
    gevent.idle()
    store.close()
    gevent.joinall(writes, timeout=10)
    done = [write for write in writes if write.exception is None]
    assert count(store) == len(done)
