"""What must reach a contact. A row first, a sending second; strictly in order per address.

queued -> sending -> sent | failed | unknown, or back to queued for a retry. A send whose answer was lost is
``unknown`` and not repeated, unless the row ``is_idempotent``. Each claim gets a token; a late finisher with an old
token changes nothing. Not here: the text (``messages``), the HTTP (``webhooks.sender``).
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from .tx import Row, Tx


@dataclass(frozen=True, slots=True)
class Outgoing:
    """One claimed or waiting row; ``message`` is the id in ``messages``."""

    number: int
    message: str
    channel: str
    account: str
    address: str
    is_idempotent: bool
    state: str
    tries: int
    token: int
    due_at: float
    parts: int = 1  # how many messages it is for the provider
    is_again: bool = False  # nobody knew whether it had arrived, and its author chose to send it once more


COLUMNS = "number, message, channel, account, address, is_idempotent, state, tries, token, due_at, parts, is_again"


def add(
    tx: Tx,
    *,
    message: str,
    channel: str,
    account: str,
    address: str,
    at: float,
    is_idempotent: bool = False,
    parts: int = 1,
) -> int:
    """Queue a stored message for sending; returns the row's number. ``Conflict`` if it is queued already."""
    number = tx.value(
        "INSERT INTO outbox (message, channel, account, address, is_idempotent, state, tries, due_at, epoch, "
        "token, error, queued_at, parts) VALUES (:message, :channel, :account, :address, :is_idempotent, 'queued', 0, "
        ":at, 0, 0, '', :at, :parts) RETURNING number",
        message=message,
        channel=channel,
        account=account,
        address=address,
        is_idempotent=int(is_idempotent),
        at=at,
        parts=parts,
    )
    return int(number)


Address = tuple[str, str, str]  # channel, account, address


def claim(
    tx: Tx, *, now: float, limit: int = 20, channel: str = "", resting: Collection[Address] = ()
) -> list[Outgoing]:
    """Take what may be sent now (of all channels or one): per address only the oldest unsettled row, of those that are
    ``resting`` none."""
    rows = tx.all(
        "SELECT number, channel, account, address FROM outbox WHERE state = 'queued' AND due_at <= :now "
        "AND (:channel = '' OR channel = :channel) AND NOT EXISTS "
        "(SELECT 1 FROM outbox AS earlier WHERE earlier.state IN ('queued', 'sending') "
        "AND earlier.channel = outbox.channel AND earlier.account = outbox.account "
        "AND earlier.address = outbox.address AND earlier.number < outbox.number) ORDER BY number LIMIT :limit",
        now=now,
        channel=channel,
        limit=limit + len(resting),
    )
    found = [row for row in rows if (row["channel"], row["account"], row["address"]) not in resting]
    return [_claim_one(tx, row["number"]) for row in found[:limit]]


def sent(tx: Tx, number: int, *, token: int, at: float) -> bool:
    """The provider took it. False: the token is old, somebody else decided meanwhile."""
    return _settle(tx, number, token, "sent", "", at)


def failed(tx: Tx, number: int, *, token: int, error: str, at: float) -> bool:
    """It will never be taken (blocked, too long, window over)."""
    return _settle(tx, number, token, "failed", error, at)


def unknown(tx: Tx, number: int, *, token: int, error: str, at: float) -> bool:
    """The answer was lost: it may have been taken. Shown to the agent, not repeated."""
    return _settle(tx, number, token, "unknown", error, at)


def retry(tx: Tx, number: int, *, token: int, error: str, due_at: float) -> bool:
    """It was certainly not taken: again at ``due_at``; later ones of the address wait."""
    sql = (
        "UPDATE outbox SET state = 'queued', error = :error, due_at = :due_at "
        "WHERE number = :number AND token = :token AND state = 'sending'"
    )
    return tx.run(sql, number=number, token=token, error=error, due_at=due_at) == 1


def between(tx: Tx, number: int, *, token: int, is_between: bool) -> None:
    """A piece of the row is out and the next has not begun (or has): nothing of it is unknown, whoever ends here."""
    sql = "UPDATE outbox SET is_between = :between WHERE number = :number AND token = :token AND state = 'sending'"
    tx.run(sql, between=int(is_between), number=number, token=token)


def plan(tx: Tx, number: int, *, parts: int) -> None:
    """So many messages it is for the provider, as its channel is now."""
    tx.run("UPDATE outbox SET parts = :parts WHERE number = :number", number=number, parts=parts)


def unsent_parts(tx: Tx, *, channel: str, account: str, address: str) -> int:
    """How many messages, as the provider counts, are on their way to this address."""
    sql = (
        "SELECT COALESCE(SUM(parts - (SELECT COUNT(*) FROM sent_parts WHERE sent_parts.message = outbox.message "
        "AND sent_parts.state <> 'failed')), 0) FROM outbox WHERE state IN ('queued', 'sending') "
        "AND channel = :channel AND account = :account AND address = :address"
    )
    return int(tx.value(sql, channel=channel, account=account, address=address))


def is_sending(tx: Tx, *, channel: str, account: str, address: str) -> bool:
    """Whether a message to this address is on its way just now."""
    sql = (
        "SELECT 1 FROM outbox WHERE state = 'sending' AND channel = :channel AND account = :account "
        "AND address = :address LIMIT 1"
    )
    return tx.value(sql, channel=channel, account=account, address=address) is not None


def again(tx: Tx, message: str, *, at: float) -> bool:
    """An agent chose "send again" for a message whose fate is unknown, or that failed, may be after it was taken.

    Only where the message itself says so (``messages.requeue``); parts that are out stay out (``sent_parts``).
    """
    sql = (
        "UPDATE outbox SET tries = 0, due_at = :at, settled_at = NULL, error = '', "
        "is_again = CASE WHEN state = 'unknown' THEN 1 ELSE 0 END, state = 'queued' "
        "WHERE message = :message AND state IN ('unknown', 'failed', 'sent')"
    )
    return tx.run(sql, message=message, at=at) == 1


def recover(tx: Tx, *, at: float, repeatable: Collection[str] = ()) -> list[str]:
    """At start: rows an earlier daemon was sending. Idempotent ones are queued again, and those of which no piece was
    on its way; the rest are ``unknown`` now.

    ``repeatable``: channels that are, whatever their rows say. Returns the messages of the unknown ones.
    """
    again_sql = "UPDATE outbox SET state = 'queued' WHERE state = 'sending' AND epoch < :epoch AND "
    tx.run(again_sql + "(is_idempotent = 1 OR is_between = 1)", epoch=tx.epoch)
    for channel in repeatable:
        tx.run(again_sql + "channel = :channel", epoch=tx.epoch, channel=channel)
    rows = tx.all(
        "UPDATE outbox SET state = 'unknown', error = 'the daemon ended while sending', settled_at = :at "
        "WHERE state = 'sending' AND epoch < :epoch RETURNING message",
        at=at,
        epoch=tx.epoch,
    )
    return [row["message"] for row in rows]


def of_message(tx: Tx, message: str) -> Outgoing | None:
    """The row of one message."""
    row = tx.one(f"SELECT {COLUMNS} FROM outbox WHERE message = :message", message=message)
    return _outgoing(row) if row else None


def _claim_one(tx: Tx, number: int) -> Outgoing:
    row = tx.one(
        "UPDATE outbox SET state = 'sending', tries = tries + 1, token = token + 1, epoch = :epoch, is_between = 0 "
        f"WHERE number = :number RETURNING {COLUMNS}",
        number=number,
        epoch=tx.epoch,
    )
    assert row is not None
    return _outgoing(row)


def _settle(tx: Tx, number: int, token: int, state: str, error: str, at: float) -> bool:
    sql = (
        "UPDATE outbox SET state = :state, error = :error, settled_at = :at "
        "WHERE number = :number AND token = :token AND state = 'sending'"
    )
    return tx.run(sql, number=number, token=token, state=state, error=error, at=at) == 1


def _outgoing(row: Row) -> Outgoing:
    row["is_idempotent"], row["is_again"] = bool(row["is_idempotent"]), bool(row["is_again"])
    row["due_at"] = float(row["due_at"])  # RETURNING gives 1.0 as 1
    return Outgoing(**row)
