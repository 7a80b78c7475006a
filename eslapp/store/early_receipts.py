"""What a provider tells of a message before we have it: receipts of ours whose send has not returned yet, and what a
contact took back before it came. Kept, and joined when it does.

Not here: receipts of known messages (``messages.advance``).
"""

from __future__ import annotations

from .tx import Tx

KEPT_S = 7 * 86400.0
RECALLED, UP_TO = "recalled", "up to"


def put(tx: Tx, *, channel: str, account: str, provider_id: str, state: str, error: str, at: float) -> None:
    """Keep one; the ones nobody asked for in a week go."""
    tx.run("DELETE FROM early_receipts WHERE at < :before", before=at - KEPT_S)
    row = {"channel": channel, "account": account, "provider_id": provider_id, "state": state, "error": error}
    tx.insert("early_receipts", {**row, "at": at})


def take(tx: Tx, *, channel: str, account: str, provider_id: str) -> list[tuple[str, str]]:
    """``(state, error)`` of all kept for this id, in order; they are gone then."""
    where = {"channel": channel, "account": account, "provider_id": provider_id}
    condition = "channel = :channel AND account = :account AND provider_id = :provider_id"
    rows = tx.all(f"SELECT state, error FROM early_receipts WHERE {condition} ORDER BY at", **where)
    if rows:
        tx.run(f"DELETE FROM early_receipts WHERE {condition}", **where)
    return [(row["state"], row["error"]) for row in rows]


def recall(tx: Tx, *, channel: str, account: str, provider_id: str, at: float) -> None:
    """A message that we do not have yet was taken back."""
    where = {"channel": channel, "account": account, "provider_id": f"{RECALLED}:{provider_id}"}
    put(tx, **where, state=RECALLED, error="", at=at)


def was_recalled(tx: Tx, *, channel: str, account: str, provider_id: str) -> bool:
    """Whether this message was taken back before it came; as often as it is asked."""
    sql = "SELECT 1 FROM early_receipts WHERE channel = :channel AND account = :account AND provider_id = :key LIMIT 1"
    key = f"{RECALLED}:{provider_id}"
    return bool(provider_id) and tx.value(sql, channel=channel, account=account, key=key) is not None


def put_up_to(tx: Tx, *, channel: str, account: str, address: str, state: str, until: float) -> None:
    """All to this address up to ``until`` (by our clock) have come that far, also what is on its way just now."""
    where = {"channel": channel, "account": account, "provider_id": f"{UP_TO}:{address}"}
    condition = "channel = :channel AND account = :account AND provider_id = :provider_id AND state = :state"
    tx.run(f"DELETE FROM early_receipts WHERE {condition} AND at <= :until", **where, state=state, until=until)
    put(tx, **where, state=state, error="", at=until)


def up_to(tx: Tx, *, channel: str, account: str, address: str, at: float) -> list[str]:
    """How far what was written to this address ``at`` this instant had come before its send returned: states."""
    sql = (
        "SELECT state FROM early_receipts WHERE channel = :channel AND account = :account AND provider_id = :key "
        "AND at >= :at ORDER BY at"
    )
    return [row["state"] for row in tx.all(sql, channel=channel, account=account, key=f"{UP_TO}:{address}", at=at)]
