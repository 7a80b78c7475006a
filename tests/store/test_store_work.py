"""Inbox, outbox and jobs: once, in order, leased and fenced."""

from __future__ import annotations

from pathlib import Path

import pytest

from eslapp.store import Conflict, Store, inbox, jobs, outbox
from eslapp.store.jobs import LEASE_S
from eslapp.store.outbox import Outgoing


def deliver(store: Store, key: str, address: str = "a") -> int | None:
    return store.write(
        lambda tx: inbox.put(
            tx,
            channel_account="webchat:site",
            external_key=key,
            body=b"\x00\xff raw",
            at=1.0,
            address=address,
            headers={"X-Id": key},
        )
    )


def waiting(store: Store, now: float = 9.0) -> list[int]:
    return [raw.number for raw in store.read(lambda tx: inbox.waiting(tx, "webchat:site", now=now))]


def test_a_repeated_delivery_is_one_row(store: Store) -> None:
    assert [deliver(store, "k1") is None for _ in range(3)] == [False, True, True]
    assert deliver(store, "k2", "b") is not None and len(waiting(store)) == 2
    raw = store.read(lambda tx: inbox.waiting(tx, "webchat:site", now=9.0))[0]
    assert (raw.body, raw.headers, raw.external_key) == (b"\x00\xff raw", {"X-Id": "k1"}, "k1")


def test_one_address_is_worked_on_in_order_and_does_not_hold_up_others(store: Store) -> None:
    first, second, other = deliver(store, "k1"), deliver(store, "k2"), deliver(store, "k3", "b")
    no_address = [deliver(store, "k4", ""), deliver(store, "k5", "")]
    assert waiting(store) == [first, other, *no_address]
    store.write(lambda tx: inbox.failed(tx, first, error="later", at=9.0, retry_at=20.0))
    assert waiting(store) == [other, *no_address], "the second of the address must not overtake the first"
    assert waiting(store, now=20.0)[0] == first
    assert store.write(lambda tx: inbox.done(tx, first, 21.0))
    assert not store.write(lambda tx: inbox.done(tx, first, 21.0))
    assert waiting(store, now=22.0)[0] == second


def test_a_delivery_that_fails_too_often_is_given_up(store: Store) -> None:
    number = deliver(store, "k1")
    for _ in range(inbox.MAX_TRIES):
        assert waiting(store) == [number]
        store.write(lambda tx: inbox.failed(tx, number, error="no", at=2.0, retry_at=3.0))
    assert waiting(store) == []
    other = deliver(store, "k2")
    store.write(lambda tx: inbox.failed(tx, other, error="never", at=2.0))
    assert waiting(store) == []
    assert [(one.number, one.error, one.tries) for one in store.read(inbox.parked)] == [
        (other, "never", 1),
        (number, "no", 5),
    ]
    assert store.write(lambda tx: inbox.retry(tx, at=4.0, number=number)) == 1 and waiting(store) == [number]
    assert store.write(lambda tx: inbox.retry(tx, at=4.0)) == 1 and waiting(store) == [number, other][:1]
    assert store.read(inbox.parked) == []


def queue_up(store: Store, message: str, address: str = "a", *, is_idempotent: bool = False) -> None:
    store.write(
        lambda tx: outbox.add(
            tx, message=message, channel="sms", account="x", address=address, at=1.0, is_idempotent=is_idempotent
        )
    )


def claim(store: Store, now: float = 2.0) -> list[Outgoing]:
    return store.write(lambda tx: outbox.claim(tx, now=now))


def test_sending_is_in_order_per_address(store: Store) -> None:
    for message, address in (("m1", "a"), ("m2", "a"), ("m3", "b")):
        queue_up(store, message, address)
    with pytest.raises(Conflict):
        queue_up(store, "m1")
    first, other = claim(store)
    assert (first.message, other.message, first.state, first.tries) == ("m1", "m3", "sending", 1)
    assert claim(store) == []
    assert store.write(lambda tx: outbox.retry(tx, first.number, token=first.token, error="busy", due_at=50.0))
    assert claim(store) == [], "the second of the address must not overtake the first"
    (again,) = claim(store, now=50.0)
    assert (again.message, again.tries, again.token) == ("m1", 2, 2)
    assert not store.write(lambda tx: outbox.sent(tx, first.number, token=first.token, at=51.0)), "an old token"
    assert store.write(lambda tx: outbox.sent(tx, again.number, token=again.token, at=51.0))
    assert [one.message for one in claim(store, now=52.0)] == ["m2"]
    assert not store.write(lambda tx: outbox.failed(tx, again.number, token=again.token, error="no", at=53.0))


def test_an_unknown_or_failed_one_does_not_hold_up_the_next(store: Store) -> None:
    for message in ("m1", "m2", "m3"):
        queue_up(store, message)
    (first,) = claim(store)
    assert store.write(lambda tx: outbox.unknown(tx, first.number, token=first.token, error="timeout", at=3.0))
    (second,) = claim(store)
    assert store.write(lambda tx: outbox.failed(tx, second.number, token=second.token, error="blocked", at=3.0))
    assert [one.message for one in claim(store)] == ["m3"]
    assert store.read(lambda tx: outbox.of_message(tx, "m1")).state == "unknown"


def test_what_a_dead_daemon_was_sending(tmp_path: Path) -> None:
    path = tmp_path / "zongji.db"
    old = Store(path).open(at=1.0)
    queue_up(old, "m1")
    queue_up(old, "m2", "b", is_idempotent=True)
    queue_up(old, "m3", "c")
    old.write(lambda tx: outbox.claim(tx, now=2.0, limit=2))
    new = Store(path).open(at=2.0)
    assert new.write(lambda tx: outbox.recover(tx, at=3.0)) == ["m1"]
    assert [one.message for one in claim(new)] == ["m2", "m3"]
    assert new.write(lambda tx: outbox.recover(tx, at=4.0)) == [], "what this daemon sends is its own"
    newest = Store(path).open(at=5.0)
    assert newest.write(lambda tx: outbox.recover(tx, at=6.0, repeatable=["sms"])) == []
    assert [one.message for one in claim(newest, now=7.0)] == ["m2", "m3"]
    newest.close()
    old.close()
    new.close()


def add_job(store: Store, key: str = "r1") -> int | None:
    return store.write(lambda tx: jobs.add(tx, kind="transcribe", key=key, body={"path": "录音.wav"}, at=1.0))


def lease(store: Store, worker: str, now: float) -> jobs.Job | None:
    return store.write(lambda tx: jobs.claim(tx, kind="transcribe", worker=worker, now=now))


def test_a_job_is_leased_to_one_and_fenced(store: Store) -> None:
    assert [add_job(store), add_job(store)] == [1, None]
    job = lease(store, "w1", 2.0)
    assert (job.body, job.tries, job.token, job.state) == ({"path": "录音.wav"}, 1, 1, "leased")
    assert lease(store, "w2", 2.0 + LEASE_S - 1) is None
    assert store.write(lambda tx: jobs.renew(tx, 1, token=1, now=20.0))
    assert lease(store, "w2", 20.0 + LEASE_S - 1) is None
    again = lease(store, "w2", 20.0 + LEASE_S)
    assert (again.worker, again.token, again.tries) == ("w2", 2, 2)
    assert not store.write(lambda tx: jobs.renew(tx, 1, token=1, now=60.0))
    assert not store.write(lambda tx: jobs.finish(tx, 1, token=1, result={"words": 1}, now=60.0)), "a late finisher"
    assert store.write(lambda tx: jobs.finish(tx, 1, token=2, result={"words": 2}, now=60.0))
    done = store.read(lambda tx: jobs.by_key(tx, "transcribe", "r1"))
    assert (done.state, done.result) == ("done", {"words": 2})
    assert lease(store, "w3", 999.0) is None


def test_poison_is_given_up_and_never_blocks_the_rest(store: Store) -> None:
    add_job(store, "poison")
    add_job(store, "good")
    now = 1.0
    for _ in range(3):
        job = lease(store, "w", now)
        assert job.key == "poison"
        now += LEASE_S  # its worker died every time
    assert lease(store, "w", now).key == "good"
    assert store.read(lambda tx: jobs.get(tx, 1)).state == "failed"


def test_a_failed_job_is_tried_again_when_due(store: Store) -> None:
    add_job(store)
    job = lease(store, "w", 1.0)
    assert store.write(lambda tx: jobs.fail(tx, 1, token=job.token, error="later", now=2.0, retry_at=10.0))
    assert lease(store, "w", 9.0) is None
    job = lease(store, "w", 10.0)
    assert store.write(lambda tx: jobs.fail(tx, 1, token=job.token, error="never", now=11.0))
    assert store.read(lambda tx: jobs.get(tx, 1)).state == "failed"
    assert lease(store, "w", 99.0) is None
