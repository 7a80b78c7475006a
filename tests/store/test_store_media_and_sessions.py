"""Recordings, transcripts, flow sessions, signed-in browsers and chat visitors."""

from __future__ import annotations

import sqlite3

import pytest

from eslapp.store import (
    Conflict,
    Store,
    chat_sessions,
    flow_sessions,
    recordings,
    transcripts,
    web_sessions,
)
from eslapp.store.flow_sessions import FlowSession
from eslapp.store.recordings import Recording
from eslapp.store.transcripts import Turn


def test_a_recording_from_start_to_end(store: Store) -> None:
    first = Recording("r1", "i1", "2026/11/22/i1.wav", 10.0)
    store.write(lambda tx: recordings.start(tx, first))
    with pytest.raises(Conflict):
        store.write(lambda tx: recordings.start(tx, Recording("r2", "i1", "x.wav", 11.0)))
    store.write(lambda tx: recordings.start(tx, Recording("r2", "i1", "i1-2.wav", 11.0, part=2)))
    assert [one.id for one in store.read(recordings.running)] == ["r1", "r2"]
    end = {"state": "truncated", "at": 20.0, "seconds": 9.5, "size": 1234}
    assert store.write(lambda tx: recordings.end(tx, "r1", **end))
    assert not store.write(lambda tx: recordings.end(tx, "r1", **end))
    parts = store.read(lambda tx: recordings.of_interaction(tx, "i1"))
    assert [(one.part, one.state, one.bytes) for one in parts] == [(1, "truncated", 1234), (2, "running", 0)]
    assert store.read(lambda tx: recordings.get(tx, "r1")).seconds == 9.5


def test_a_transcript_is_waiting_then_ready_in_the_order_of_speech(store: Store) -> None:
    ask = {"recording": "r1", "interaction": "i1", "language": "zh"}
    for _ in range(2):
        store.write(lambda tx: transcripts.ask(tx, at=1.0, **ask))
    assert store.read(lambda tx: transcripts.of_recording(tx, "r1")).state == "waiting"
    turns = [Turn("agent", "您好，请讲。", 1.5, 2.5), Turn("contact", "我的订单", 0.5, 1.0)]
    for engine in ("tiny", "large"):
        store.write(lambda tx, e=engine: transcripts.ready(tx, recording="r1", engine=e, turns=turns, at=2.0))
    (ready,) = store.read(lambda tx: transcripts.of_interaction(tx, "i1"))
    assert (ready.state, ready.engine, ready.language) == ("ready", "large", "zh")
    assert ready.turns == (turns[1], turns[0])
    store.write(lambda tx: transcripts.failed(tx, recording="r1", error="late", at=3.0))
    assert store.read(lambda tx: transcripts.of_recording(tx, "r1")).state == "ready"


def test_a_flow_session_is_overwritten_and_dropped(store: Store) -> None:
    for body in ('{"step": 1}', '{"step": 2}'):
        store.write(lambda tx, body=body: flow_sessions.save(tx, FlowSession("i1", "main", "r1", body, 1.0)))
    assert store.read(lambda tx: flow_sessions.load(tx, "i1")).body == '{"step": 2}'
    assert len(store.read(flow_sessions.all_of_them)) == 1
    store.write(lambda tx: flow_sessions.drop(tx, "i1"))
    assert store.read(lambda tx: flow_sessions.load(tx, "i1")) is None


def sign_in(store: Store, token: str, at: float = 100.0) -> None:
    store.write(
        lambda tx: web_sessions.create(
            tx, token=token, agent="ann", role="agent", csrf="c", at=at, expires_at=at + 1000.0
        )
    )


def is_signed_in(store: Store, token: str, now: float) -> bool:
    return store.read(lambda tx: web_sessions.find(tx, token, now=now, idle_s=60.0)) is not None


def test_a_browser_is_signed_in_until_idle_expired_or_revoked(store: Store) -> None:
    sign_in(store, "t1")
    assert is_signed_in(store, "t1", 159.0) and not is_signed_in(store, "t1", 161.0)
    store.write(lambda tx: web_sessions.touch(tx, "t1", now=1090.0))
    assert is_signed_in(store, "t1", 1099.0) and not is_signed_in(store, "t1", 1101.0)
    assert not is_signed_in(store, "t2", 1.0)
    sign_in(store, "t3", 1000.0)
    sign_in(store, "t4", 1000.0)
    store.write(lambda tx: web_sessions.revoke(tx, "t3", at=1001.0))
    assert not is_signed_in(store, "t3", 1002.0) and is_signed_in(store, "t4", 1002.0)
    assert store.write(lambda tx: web_sessions.revoke_all(tx, "ann", at=1003.0)) == 2
    assert not is_signed_in(store, "t4", 1003.0)
    assert store.write(lambda tx: web_sessions.forget(tx, before=5000.0)) == 3


def test_a_visitor_comes_back_after_a_reload(store: Store) -> None:
    start = {"channel": "website", "address": "v-1", "contact": "c1", "conversation": "v1", "language": "zh"}
    store.write(lambda tx: chat_sessions.create(tx, token="t", at=1.0, expires_at=100.0, **start))
    found = store.read(lambda tx: chat_sessions.find(tx, "t", now=50.0))
    assert (found.address, found.conversation, found.language) == ("v-1", "v1", "zh")
    store.write(lambda tx: chat_sessions.move(tx, "t", "v2"))
    store.write(lambda tx: chat_sessions.touch(tx, "t", now=60.0))
    store.write(lambda tx: chat_sessions.end(tx, "t", at=70.0))
    ended = store.read(lambda tx: chat_sessions.find(tx, "t", now=80.0))
    assert (ended.conversation, ended.seen_at, ended.ended_at) == ("v2", 60.0, 70.0)
    assert store.read(lambda tx: chat_sessions.find(tx, "t", now=100.0)) is None
    assert store.write(lambda tx: chat_sessions.forget(tx, before=200.0)) == 1


def test_tokens_are_not_in_the_file(store: Store) -> None:
    sign_in(store, "a-very-secret-cookie")
    start = {"channel": "w", "address": "v", "contact": "c", "conversation": "v", "language": ""}
    store.write(lambda tx: chat_sessions.create(tx, token="a-very-secret-token", at=1.0, expires_at=2.0, **start))
    with sqlite3.connect(store.path) as raw:
        raw.execute("PRAGMA wal_checkpoint")
    content = store.path.read_bytes() + store.path.with_name("zongji.db-wal").read_bytes()
    assert b"very-secret" not in content and b"ann" in content
