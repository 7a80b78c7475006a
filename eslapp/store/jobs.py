"""Slow work for other processes, leased for 30 seconds at a time and fenced by a token.

A worker that dies loses its lease and the next one gets the job; a worker that wakes up late holds an old token and
changes nothing. After ``max_tries`` the job is ``failed`` and never blocks the rest.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from .tx import Row, Tx

LEASE_S = 30.0
COLUMNS = "number, kind, key, body, state, tries, max_tries, token, worker, result, error, due_at, lease_until"


@dataclass(frozen=True, slots=True)
class Job:
    """``state``: waiting, leased, done, failed. ``body`` and ``result`` are JSON objects."""

    number: int
    kind: str
    key: str
    body: dict[str, Any]
    state: str
    tries: int
    max_tries: int
    token: int
    worker: str
    result: dict[str, Any]
    error: str
    due_at: float
    lease_until: float | None


def add(
    tx: Tx,
    *,
    kind: str,
    key: str,
    body: Mapping[str, Any],
    at: float,
    due_at: float | None = None,
    max_tries: int = 3,
) -> int | None:
    """Queue a job; its number, or None where the same ``(kind, key)`` was added before."""
    number = tx.value(
        "INSERT INTO jobs (kind, key, body, state, due_at, tries, max_tries, token, worker, result, error, added_at) "
        "VALUES (:kind, :key, :body, 'waiting', :due_at, 0, :max_tries, 0, '', '{}', '', :at) "
        "ON CONFLICT DO NOTHING RETURNING number",
        kind=kind,
        key=key,
        body=json.dumps(dict(body), ensure_ascii=False),
        due_at=at if due_at is None else due_at,
        max_tries=max_tries,
        at=at,
    )
    return None if number is None else int(number)


def claim(tx: Tx, *, kind: str, worker: str, now: float) -> Job | None:
    """Lease the job that is due longest: waiting, or leased by somebody whose lease has run out."""
    tx.run(
        "UPDATE jobs SET state = 'failed', error = 'given up: no worker finished it', settled_at = :now "
        "WHERE kind = :kind AND state = 'leased' AND lease_until <= :now AND tries >= max_tries",
        kind=kind,
        now=now,
    )
    row = tx.one(
        "UPDATE jobs SET state = 'leased', tries = tries + 1, token = token + 1, worker = :worker, "
        "lease_until = :lease_until WHERE number = (SELECT number FROM jobs WHERE kind = :kind AND "
        "((state = 'waiting' AND due_at <= :now) OR (state = 'leased' AND lease_until <= :now)) "
        "ORDER BY due_at, number LIMIT 1) "
        f"RETURNING {COLUMNS}",
        kind=kind,
        worker=worker,
        now=now,
        lease_until=now + LEASE_S,
    )
    return _job(row) if row else None


def renew(tx: Tx, number: int, *, token: int, now: float) -> bool:
    """Keep the lease; False: it is somebody else's now, stop working."""
    sql = "UPDATE jobs SET lease_until = :until WHERE number = :number AND token = :token AND state = 'leased'"
    return tx.run(sql, number=number, token=token, until=now + LEASE_S) == 1


def finish(tx: Tx, number: int, *, token: int, result: Mapping[str, Any], now: float) -> bool:
    """Done. False: a late finisher; its result must be thrown away (with the rest of the transaction)."""
    sql = (
        "UPDATE jobs SET state = 'done', result = :result, error = '', settled_at = :now "
        "WHERE number = :number AND token = :token AND state = 'leased'"
    )
    return tx.run(sql, number=number, token=token, result=json.dumps(dict(result), ensure_ascii=False), now=now) == 1


def fail(tx: Tx, number: int, *, token: int, error: str, now: float, retry_at: float | None = None) -> bool:
    """It failed: again at ``retry_at`` while tries are left, else for good. False: a late finisher."""
    sql = (
        "UPDATE jobs SET error = :error, due_at = COALESCE(:retry_at, due_at), "
        "state = CASE WHEN :may_retry = 1 AND tries < max_tries THEN 'waiting' ELSE 'failed' END, "
        "settled_at = CASE WHEN :may_retry = 1 AND tries < max_tries THEN NULL ELSE :now END "
        "WHERE number = :number AND token = :token AND state = 'leased'"
    )
    may_retry = 0 if retry_at is None else 1
    changed = tx.run(sql, number=number, token=token, error=error, now=now, retry_at=retry_at, may_retry=may_retry)
    return changed == 1


def get(tx: Tx, number: int) -> Job | None:
    """One job."""
    row = tx.one(f"SELECT {COLUMNS} FROM jobs WHERE number = :number", number=number)
    return _job(row) if row else None


def waiting(tx: Tx, kind: str) -> list[Job]:
    """All that nobody has taken yet, the oldest first."""
    rows = tx.all(f"SELECT {COLUMNS} FROM jobs WHERE kind = :kind AND state = 'waiting' ORDER BY number", kind=kind)
    return [_job(row) for row in rows]


def settle(tx: Tx, kind: str, key: str, *, at: float) -> bool:
    """Done without a worker: whoever noted it has seen to it. False: it was taken or done already."""
    sql = "UPDATE jobs SET state = 'done', settled_at = :at WHERE kind = :kind AND key = :key AND state = 'waiting'"
    return tx.run(sql, kind=kind, key=key, at=at) == 1


def by_key(tx: Tx, kind: str, key: str) -> Job | None:
    """The job that was added under this key."""
    row = tx.one(f"SELECT {COLUMNS} FROM jobs WHERE kind = :kind AND key = :key", kind=kind, key=key)
    return _job(row) if row else None


def _job(row: Row) -> Job:
    row["body"] = json.loads(row["body"])
    row["result"] = json.loads(row["result"])
    row["due_at"] = float(row["due_at"])  # RETURNING gives 1.0 as 1
    row["lease_until"] = None if row["lease_until"] is None else float(row["lease_until"])
    return Job(**row)
