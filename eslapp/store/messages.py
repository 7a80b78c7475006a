"""Texts between a contact and us, both directions, each once.

A message is the same message when its provider's id or its sender's own ``client_id`` says so; then ``add`` returns
the first one. States of outgoing ones only go forward. Not here: the sending (``outbox``), raw events (``inbox``).
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from .tx import Row, Tx

# How far a message has come; a receipt that arrives late never takes it back.
FORWARD = {"received": 0, "queued": 1, "sending": 2, "unknown": 3, "sent": 4, "failed": 5, "delivered": 6, "read": 7}
PEOPLE_ONLY = "people_only"  # a fact of an attachment: why no machine may answer the message


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """``direction``: "in" (state "received") or "out" (queued sending unknown sent failed delivered read).

    ``author``: "contact", "flow", "system" or an agent id. ``number`` orders what we saw (0: not stored yet).
    ``kind``: "text" (words, attachments or both), "event" (``text`` names it), "unknown" (kept raw), "recalled".
    ``attachments``: ``{"kind", "media", "name", "facts"}``; ``media`` names a row of ``media``, "" without a file.
    ``reply_to``: the provider's id of the message this answers.
    """

    id: str
    conversation: str
    interaction: str
    channel: str
    account: str
    direction: str
    author: str
    text: str
    created_at: float
    options: tuple[tuple[str, str], ...] = ()  # (key, label) to choose from
    state: str = "received"
    error: str = ""
    provider_id: str = ""
    client_id: str = ""
    provider_at: float | None = None
    kind: str = "text"
    attachments: tuple[dict[str, Any], ...] = ()
    reply_to: str = ""
    number: int = 0


def add(tx: Tx, message: Message) -> tuple[Message, bool]:
    """Keep the message unless it is known. Returns ``(the stored message, is_new)``."""
    row = {name: getattr(message, name) for name in Message.__slots__ if name != "number"}
    row["options"] = json.dumps(message.options, ensure_ascii=False)
    row["attachments"] = json.dumps(message.attachments, ensure_ascii=False)
    columns = ", ".join(row)
    values = ", ".join(f":{name}" for name in row)
    sql = f"INSERT INTO messages ({columns}) VALUES ({values}) ON CONFLICT DO NOTHING"
    is_new = tx.run(sql, **row) == 1
    stored = get(tx, message.id) if is_new else _known(tx, message)
    assert stored is not None
    return stored, is_new


def get(tx: Tx, message: str) -> Message | None:
    """One message."""
    row = tx.one("SELECT * FROM messages WHERE id = :id", id=message)
    return _message(row) if row else None


def of_conversation(tx: Tx, conversation: str, *, after: int = 0, limit: int = 200) -> list[Message]:
    """The thread as it was said, of those after number ``after`` (go on after the greatest number, not the last)."""
    return _several(tx, "conversation = :owner", conversation, after, limit)


def of_interaction(tx: Tx, interaction: str, *, after: int = 0, limit: int = 1000) -> list[Message]:
    """The texts of one matter as they were said; ``after`` as above."""
    return _several(tx, "interaction = :owner", interaction, after, limit)


def of_address(
    tx: Tx, *, contact: str, channel: str, account: str, address: str, after: int = 0, limit: int = 200
) -> list[Message]:
    """Everything written with one address of a contact, in all conversations, in order."""
    rows = tx.all(
        "SELECT messages.* FROM messages JOIN conversations ON conversations.id = messages.conversation "
        "WHERE conversations.contact = :contact AND conversations.channel = :channel "
        "AND conversations.account = :account AND conversations.address = :address "
        "AND messages.number > :after ORDER BY messages.number LIMIT :limit",
        contact=contact,
        channel=channel,
        account=account,
        address=address,
        after=after,
        limit=limit,
    )
    return [_message(row) for row in rows]


def newest(tx: Tx, interaction: str) -> Message | None:
    """The last text of one matter, either direction."""
    sql = "SELECT * FROM messages WHERE interaction = :id ORDER BY number DESC LIMIT 1"
    row = tx.one(sql, id=interaction)
    return _message(row) if row else None


def advance(tx: Tx, message: str, state: str, *, error: str = "", provider_id: str = "") -> bool:
    """Move an outgoing message forward; False (and nothing changes) where it already was there or further."""
    known = get(tx, message)
    if known is None or FORWARD[state] <= FORWARD[known.state]:
        return False
    where = {"channel": known.channel, "account": known.account, "provider_id": provider_id}
    if provider_id and by_provider_id(tx, **where) is not None:
        provider_id = ""  # the provider gave it twice: the first keeps it, and nothing stands still
    tx.run(
        "UPDATE messages SET state = :state, error = :error, "
        "provider_id = CASE WHEN :provider_id = '' THEN provider_id ELSE :provider_id END WHERE id = :id",
        id=message,
        state=state,
        error=error,
        provider_id=provider_id,
    )
    return True


def requeue(tx: Tx, message: str) -> bool:
    """It is sent again: the one step back there is, and only from where its author was asked."""
    sql = "UPDATE messages SET state = 'queued', error = '' WHERE id = :id AND state IN ('unknown', 'failed')"
    return tx.run(sql, id=message) == 1


def hide(tx: Tx, message: str, text: str) -> None:
    """Replace what nobody should read any more: a one-time code that is used up."""
    tx.run("UPDATE messages SET text = :text WHERE id = :id", id=message, text=text)


def reword(tx: Tx, message: str, text: str) -> bool:
    """Its author changed the words. False where they are the same."""
    return tx.run("UPDATE messages SET text = :text WHERE id = :id AND text <> :text", id=message, text=text) == 1


def unknown_like(tx: Tx, *, channel: str, account: str, address: str, text: str) -> Message | None:
    """The oldest message to this address of which we do not know whether it arrived, with these words."""
    row = tx.one(
        "SELECT messages.* FROM messages JOIN conversations ON conversations.id = messages.conversation "
        "WHERE conversations.channel = :channel AND conversations.account = :account "
        "AND conversations.address = :address AND messages.direction = 'out' AND messages.state = 'unknown' "
        "AND messages.provider_id = '' AND messages.text = :text ORDER BY messages.number LIMIT 1",
        channel=channel,
        account=account,
        address=address,
        text=text,
    )
    return _message(row) if row else None


def recall(tx: Tx, message: str) -> bool:
    """The contact took it back: its words and files are gone from every screen; that it was there remains."""
    sql = "UPDATE messages SET kind = 'recalled', text = '', attachments = '[]', options = '[]' WHERE id = :id"
    return tx.run(sql, id=message) == 1


def written_since(tx: Tx, conversation: str, *, authors: tuple[str, str], at: float) -> int:
    """How many messages these authors wrote in a thread since an instant."""
    sql = (
        "SELECT COUNT(*) FROM messages WHERE conversation = :id AND direction = 'out' AND author IN (:one, :other) "
        "AND created_at >= :at"
    )
    return int(tx.value(sql, id=conversation, one=authors[0], other=authors[1], at=at))


def sent_until(tx: Tx, *, channel: str, account: str, address: str, until: float) -> list[str]:
    """What went out to this address up to an instant, for receipts that name none: ids, in order."""
    rows = tx.all(
        "SELECT messages.id FROM messages JOIN conversations ON conversations.id = messages.conversation "
        "WHERE conversations.channel = :channel AND conversations.account = :account "
        "AND conversations.address = :address AND messages.direction = 'out' AND messages.created_at <= :until "
        "AND messages.state IN ('sent', 'delivered', 'unknown') ORDER BY messages.number",
        channel=channel,
        account=account,
        address=address,
        until=until,
    )
    return [row["id"] for row in rows]


def last_inbound(tx: Tx, conversation: str) -> Message | None:
    """The contact's newest message of a thread that the provider gave an id; an event (an automatic mail, an entry)
    only where nothing was said."""
    row = tx.one(
        "SELECT * FROM messages WHERE conversation = :id AND direction = 'in' AND provider_id <> '' "
        "ORDER BY kind = 'event', COALESCE(provider_at, created_at) DESC, number DESC LIMIT 1",
        id=conversation,
    )
    return _message(row) if row else None


def is_for_people(tx: Tx, conversation: str) -> bool:
    """Whether only a person may answer what the contact said last in a thread (RFC 3834): its channel says so."""
    sql = (
        "SELECT * FROM messages WHERE conversation = :id AND direction = 'in' AND kind <> 'event' "
        "ORDER BY number DESC LIMIT 1"
    )
    row = tx.one(sql, id=conversation)
    newest = [_message(row) if row else None, last_inbound(tx, conversation)]  # by our clock, and by theirs
    told = (dict(one.get("facts", {})) for message in newest if message is not None for one in message.attachments)
    return any(facts.get(PEOPLE_ONLY) for facts in told)


def by_provider_id(tx: Tx, *, channel: str, account: str, provider_id: str) -> Message | None:
    """The message the provider calls so."""
    row = tx.one(
        "SELECT * FROM messages WHERE channel = :channel AND account = :account AND provider_id = :provider_id "
        "AND provider_id <> ''",
        channel=channel,
        account=account,
        provider_id=provider_id,
    )
    return _message(row) if row else None


def by_client_id(tx: Tx, *, conversation: str, author: str, client_id: str) -> Message | None:
    """The message its sender calls so."""
    row = tx.one(
        "SELECT * FROM messages WHERE conversation = :conversation AND author = :author "
        "AND client_id = :client_id AND client_id <> ''",
        conversation=conversation,
        author=author,
        client_id=client_id,
    )
    return _message(row) if row else None


def _known(tx: Tx, message: Message) -> Message | None:
    key = {"channel": message.channel, "account": message.account, "provider_id": message.provider_id}
    mine = {"conversation": message.conversation, "author": message.author, "client_id": message.client_id}
    return by_provider_id(tx, **key) or by_client_id(tx, **mine) or get(tx, message.id)


def _several(tx: Tx, condition: str, owner: str, after: int, limit: int) -> list[Message]:
    sql = f"SELECT * FROM messages WHERE {condition} AND number > :after ORDER BY number LIMIT :limit"
    return in_provider_order([_message(row) for row in tx.all(sql, owner=owner, after=after, limit=limit)])


def in_provider_order(seen: Sequence[Message]) -> list[Message]:
    """``seen`` (by number) as it was said: a contact's message that came late stands before those written after it.

    Only the contact's messages move, and only among themselves: the provider's clock is not ours.
    """
    found: list[Message] = []
    newest: float | None = None
    for message in seen:
        at = message.provider_at if message.direction == "in" else None
        if at is None or newest is None or at >= newest:
            found.append(message)
        else:
            found.insert(next(place for place, one in enumerate(found) if _is_said_after(one, at)), message)
        newest = at if newest is None else max(newest, at if at is not None else newest)
    return found


def _is_said_after(message: Message, at: float) -> bool:
    return message.direction == "in" and message.provider_at is not None and message.provider_at > at


def _message(row: Row) -> Message:
    options: Sequence[Sequence[str]] = json.loads(row["options"])
    row["options"] = tuple((key, label) for key, label in options)
    row["attachments"] = tuple(json.loads(row["attachments"]))
    return Message(**row)
