"""The parts of outgoing messages that their providers took, each with its id there and what became of it.

A message has come as far as the least of its parts; a part that failed makes it failed. What is kept here is never
sent again, unless it failed. Not here: what the parts are (``webhooks.pieces``), the order (``outbox``).
"""

from __future__ import annotations

from eslapp.core.events import MessageAdvanced

from . import conversations, early_receipts, events, messages
from .messages import FORWARD, Message
from .tx import Row, Tx


def failures(tx: Tx, message: str) -> dict[int, int]:
    """How often each part that was taken has failed after all, by its number; 0 for most."""
    rows = tx.all("SELECT number, failures FROM sent_parts WHERE message = :id", id=message)
    return {row["number"]: row["failures"] for row in rows}


def out(tx: Tx, message: str) -> frozenset[int]:
    """The parts that are with the provider: none of them may go out again."""
    rows = tx.all("SELECT number FROM sent_parts WHERE message = :id AND state <> 'failed'", id=message)
    return frozenset(row["number"] for row in rows)


def progress(tx: Tx, message: str) -> tuple[int, int]:
    """How many parts are with the provider, and how many it takes in all."""
    return len(out(tx, message)), _wanted(tx, message)


def sent(tx: Tx, message: Message, number: int, *, provider_id: str, at: float) -> None:
    """The provider took this part; receipts that came before are joined to it."""
    where = {"channel": message.channel, "account": message.account, "provider_id": provider_id}
    tx.run(
        "INSERT INTO sent_parts (message, number, channel, account, provider_id, state) "
        "VALUES (:message, :number, :channel, :account, :provider_id, 'sent') "
        "ON CONFLICT (message, number) DO UPDATE SET provider_id = :provider_id, state = 'sent', error = ''",
        message=message.id,
        number=number,
        **where,
    )
    for state, error in early_receipts.take(tx, **where) if provider_id else []:
        _advance(tx, message.id, number, state, error)
    thread = conversations.get(tx, message.conversation)
    if thread is not None:
        told = {"channel": thread.channel, "account": thread.account, "address": thread.address}
        for state in early_receipts.up_to(tx, **told, at=message.created_at):
            _advance(tx, message.id, number, state, "")


def message_of(tx: Tx, *, channel: str, account: str, provider_id: str) -> str:
    """The message one of whose parts the provider calls so; "" where there is none."""
    row = _part(tx, channel=channel, account=account, provider_id=provider_id)
    return str(row["message"]) if row else ""


def receipt(tx: Tx, *, channel: str, account: str, provider_id: str, state: str, error: str, at: float) -> str:
    """What the provider tells of the part it calls so; the id of its message, "" where no part is called so."""
    row = _part(tx, channel=channel, account=account, provider_id=provider_id)
    if row is None:
        return ""
    _advance(tx, row["message"], row["number"], state, error)
    tell(tx, row["message"], at=at)
    return str(row["message"])


def receipt_of_all(tx: Tx, message: str, *, state: str, error: str, at: float) -> bool:
    """The same of every part that is out: the provider names none. False where the message was never in parts, so
    that what is told is told of the whole."""
    found = out(tx, message)
    for number in sorted(found):
        _advance(tx, message, number, state, error)
    tell(tx, message, at=at)
    return bool(found) or _wanted(tx, message) > 1


def tell(tx: Tx, message: str, *, at: float) -> bool:
    """Move the message to where its parts have come; whoever shows it hears of it. Whether it moved."""
    state, error = _reached(tx, message)
    if not state or not messages.advance(tx, message, state, error=error):
        return False
    found = messages.get(tx, message)
    about = {"interaction": found.interaction if found else "", "message": message, "state": state, "error": error}
    events.append(tx, MessageAdvanced(at=at, **about))
    return True


def _advance(tx: Tx, message: str, number: int, state: str, error: str) -> None:
    """Forward only: receipts come in any order."""
    where = {"message": message, "number": number}
    known = tx.value("SELECT state FROM sent_parts WHERE message = :message AND number = :number", **where)
    if FORWARD[state] <= FORWARD[known]:
        return
    tx.run(
        "UPDATE sent_parts SET state = :state, error = :error, failures = failures + :one "
        "WHERE message = :message AND number = :number",
        state=state,
        error=error,
        one=int(state == "failed"),
        **where,
    )


def _reached(tx: Tx, message: str) -> tuple[str, str]:
    """``(state, error)``: of a failed part, else of the least advanced; "" while parts are still to go out."""
    rows = tx.all("SELECT state, error FROM sent_parts WHERE message = :id ORDER BY number", id=message)
    failed = [row for row in rows if row["state"] == "failed"]
    if failed:
        return "failed", str(failed[0]["error"])
    if not rows or len(rows) < _wanted(tx, message):
        return "", ""
    return min((row["state"] for row in rows), key=FORWARD.__getitem__), ""


def _wanted(tx: Tx, message: str) -> int:
    """How many parts it has."""
    return int(tx.value("SELECT parts FROM outbox WHERE message = :id", id=message) or 1)


def _part(tx: Tx, *, channel: str, account: str, provider_id: str) -> Row | None:
    return tx.one(
        "SELECT message, number FROM sent_parts WHERE channel = :channel AND account = :account "
        "AND provider_id = :provider_id AND provider_id <> ''",
        channel=channel,
        account=account,
        provider_id=provider_id,
    )
