"""Raw events as providers delivered them: kept under their UNIQUE key before they are acknowledged, worked on after.

Work on a row and its ``done`` belong in ONE transaction: then a crash repeats nothing and loses nothing.
Not here: what is inside (``webhooks.channels``), the messages made of it (``messages``).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass

from .tx import Row, Tx

MAX_TRIES = 5
PROOFS_S = 86400.0  # longer than any channel takes a proof for


@dataclass(frozen=True, slots=True)
class RawEvent:
    """One delivery. ``channel_account``: "webchat:website"; ``address``: whose it is, where that is known already."""

    number: int
    channel_account: str
    external_key: str
    address: str
    received_at: float
    headers: dict[str, str]
    body: bytes
    tries: int


@dataclass(frozen=True, slots=True)
class Parked:
    """One that was given up: where it came from, ``size`` in bytes, what it failed with."""

    number: int
    channel_account: str
    external_key: str
    address: str
    received_at: float
    settled_at: float
    tries: int
    error: str
    size: int


def put(
    tx: Tx,
    *,
    channel_account: str,
    external_key: str,
    body: bytes,
    at: float,
    address: str = "",
    headers: Mapping[str, str] | None = None,
) -> int | None:
    """Keep one raw event; its number, or None where it is a repeat (acknowledge it all the same)."""
    number = tx.value(
        "INSERT INTO inbox (channel_account, external_key, address, received_at, headers, body, state, tries, "
        "due_at, error) VALUES (:channel_account, :external_key, :address, :at, :headers, :body, 'new', 0, :at, '') "
        "ON CONFLICT DO NOTHING RETURNING number",
        channel_account=channel_account,
        external_key=external_key,
        address=address,
        at=at,
        headers=json.dumps(dict(headers or {}), ensure_ascii=False),
        body=body,
    )
    return None if number is None else int(number)


def use_proof(tx: Tx, *, channel_account: str, proof: str, external_key: str, at: float) -> bool:
    """Whether a proof that covers no body is this event's own; False: it came with another one, somebody replays it."""
    tx.run("DELETE FROM used_proofs WHERE at < :before", before=at - PROOFS_S)
    where = {"channel_account": channel_account, "proof": proof}
    tx.run(
        "INSERT INTO used_proofs (channel_account, proof, external_key, at) "
        "VALUES (:channel_account, :proof, :external_key, :at) ON CONFLICT DO NOTHING",
        **where,
        external_key=external_key,
        at=at,
    )
    sql = "SELECT external_key FROM used_proofs WHERE channel_account = :channel_account AND proof = :proof"
    return bool(tx.value(sql, **where) == external_key)


def body(tx: Tx, channel_account: str, external_key: str) -> bytes | None:
    """The bytes that were delivered under a key."""
    sql = "SELECT body FROM inbox WHERE channel_account = :channel_account AND external_key = :external_key"
    found = tx.value(sql, channel_account=channel_account, external_key=external_key)
    return None if found is None else bytes(found)


def accounts_waiting(tx: Tx, *, now: float) -> list[str]:
    """The accounts ("webchat:website") that have something to be worked on now."""
    sql = "SELECT DISTINCT channel_account FROM inbox WHERE state = 'new' AND due_at <= :now ORDER BY channel_account"
    return [row["channel_account"] for row in tx.all(sql, now=now)]


def waiting(tx: Tx, channel_account: str, *, now: float, limit: int = 100) -> list[RawEvent]:
    """What may be worked on now of one account, in order of arrival; per address only the oldest one."""
    rows = tx.all(
        "SELECT number, channel_account, external_key, address, received_at, headers, body, tries FROM inbox "
        "WHERE state = 'new' AND channel_account = :channel_account AND due_at <= :now "
        "AND (address = '' OR NOT EXISTS (SELECT 1 FROM inbox AS earlier "
        "WHERE earlier.state = 'new' AND earlier.channel_account = inbox.channel_account "
        "AND earlier.address = inbox.address AND earlier.number < inbox.number)) ORDER BY number LIMIT :limit",
        channel_account=channel_account,
        now=now,
        limit=limit,
    )
    return [_raw(row) for row in rows]


def done(tx: Tx, number: int, at: float) -> bool:
    """The work is finished. False if it was already: then roll back (raise), the work was done elsewhere."""
    sql = "UPDATE inbox SET state = 'done', settled_at = :at WHERE number = :number AND state = 'new'"
    return tx.run(sql, number=number, at=at) == 1


def failed(tx: Tx, number: int, *, error: str, at: float, retry_at: float | None = None) -> None:
    """The work failed: again at ``retry_at``; never again where that is None or after ``MAX_TRIES`` times."""
    tx.run(
        "UPDATE inbox SET tries = tries + 1, error = :error, due_at = COALESCE(:retry_at, due_at), "
        "state = CASE WHEN :may_retry = 1 AND tries + 1 < :max_tries THEN 'new' ELSE 'failed' END, "
        "settled_at = CASE WHEN :may_retry = 1 AND tries + 1 < :max_tries THEN NULL ELSE :at END "
        "WHERE number = :number AND state = 'new'",
        number=number,
        error=error,
        at=at,
        retry_at=retry_at,
        may_retry=0 if retry_at is None else 1,
        max_tries=MAX_TRIES,
    )


def given_up(tx: Tx) -> tuple[int, str]:
    """How many will never be worked on, and where the newest came from and what it failed with."""
    rows = tx.all("SELECT channel_account, error FROM inbox WHERE state = 'failed' ORDER BY number DESC LIMIT 1")
    count = int(tx.value("SELECT COUNT(*) FROM inbox WHERE state = 'failed'"))
    return count, f"{rows[0]['channel_account']}: {rows[0]['error']}" if rows else ""


def parked(tx: Tx, *, limit: int = 100) -> list[Parked]:
    """Those that were given up, the newest first."""
    rows = tx.all(
        "SELECT number, channel_account, external_key, address, received_at, settled_at, tries, error, "
        "LENGTH(body) AS size FROM inbox WHERE state = 'failed' ORDER BY number DESC LIMIT :limit",
        limit=limit,
    )
    return [Parked(**row) for row in rows]


def retry(tx: Tx, *, at: float, number: int | None = None) -> int:
    """Work on a parked one again (``None``: on all of them), with all its tries; how many that were."""
    return tx.run(
        "UPDATE inbox SET state = 'new', tries = 0, due_at = :at, settled_at = NULL "
        "WHERE state = 'failed' AND (:every = 1 OR number = :number)",
        at=at,
        every=1 if number is None else 0,
        number=number or 0,
    )


def _raw(row: Row) -> RawEvent:
    row["headers"] = json.loads(row["headers"])
    return RawEvent(**row)
