"""Events of providers that change what we have already: receipts, messages taken back, answers given elsewhere.

Owns: what each does to the rows, in one transaction, whatever order they come in.
Not here: what contacts say (``inbox_worker``, ``chats``).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from eslapp.core.events import MessageAdvanced, MessageStored
from eslapp.ids import IdSource
from eslapp.store import Tx, conversations, early_receipts, events, messages, outbox, reply_windows, sent_parts
from eslapp.store.messages import FORWARD, Message

ELSEWHERE = "elsewhere"  # the author of an answer given in the provider's own app


def receipt(tx: Tx, source: Any, inbound: Any, ids: IdSource, at: float) -> None:
    """One message, or all up to an instant, came further. Unknown ones are kept: the send may not have returned yet."""
    if inbound.receipt not in FORWARD:
        return
    told = {"state": inbound.receipt, "error": inbound.error}
    if inbound.until is not None:
        where = {"channel": source.type, "account": source.account, "address": inbound.address}
        for message in messages.sent_until(tx, **where, until=inbound.until):
            if not sent_parts.receipt_of_all(tx, message, **told, at=at):
                _advance(tx, message, inbound, at)
        if outbox.is_sending(tx, **where):  # by our clock: what is written after this was not meant
            early_receipts.put_up_to(tx, **where, state=inbound.receipt, until=min(inbound.until, at))
        return
    where = {"channel": source.type, "account": source.account, "provider_id": inbound.provider_id}
    message = sent_parts.receipt(tx, **where, **told, at=at)
    if message:
        _note_window(tx, message, inbound.error, at)
        return
    known = messages.by_provider_id(tx, **where) or _unknown_of(tx, source, inbound)
    if known is None and inbound.provider_id:
        early_receipts.put(tx, **where, **told, at=at)
    elif known is not None and known.direction == "out":
        _advance(tx, known.id, inbound, at)


def _unknown_of(tx: Tx, source: Any, inbound: Any) -> Message | None:
    """Ours whose answer was lost, told back by its words: it has arrived after all."""
    if not inbound.text:
        return None
    where = {"channel": source.type, "account": source.account, "address": inbound.address}
    return messages.unknown_like(tx, **where, text=inbound.text)


def _advance(tx: Tx, message: str, inbound: Any, at: float) -> None:
    known = messages.get(tx, message)
    if known is None:
        return
    state, error = inbound.receipt, inbound.error
    moved = messages.advance(
        tx, message, state, error=error, provider_id="" if known.provider_id else inbound.provider_id
    )
    if moved:
        _note_window(tx, message, error, at)
        events.append(
            tx, MessageAdvanced(at=at, interaction=known.interaction, message=message, state=state, error=error)
        )


def _note_window(tx: Tx, message_id: str, error: str, at: float) -> None:
    """A provider that refuses later, by a receipt, knows the window better than we; unless it was renewed since."""
    message = messages.get(tx, message_id) if error else None
    if message is None:
        return
    thread = conversations.get(tx, message.conversation)
    newest = messages.last_inbound(tx, message.conversation)
    if thread is None or (newest is not None and newest.created_at > message.created_at):
        return
    where = {"channel": thread.channel, "account": thread.account, "address": thread.address}
    if error == "blocked":
        reply_windows.block(tx, **where, at=at)
    elif error in ("window-over", "quota-used"):
        reply_windows.end(tx, **where, at=at, is_used=error == "quota-used")


def edited(tx: Tx, source: Any, inbound: Any, at: float) -> bool:
    """The contact changed the words of a message we have. False where we do not have it yet."""
    where = {"channel": source.type, "account": source.account, "provider_id": inbound.provider_id}
    known = messages.by_provider_id(tx, **where)
    if known is None or known.direction != "in":
        return False
    if known.kind != "recalled" and messages.reword(tx, known.id, inbound.text):
        events.append(tx, MessageAdvanced(at=at, interaction=known.interaction, message=known.id, state="received"))
    return True


def recalled(tx: Tx, source: Any, inbound: Any, ids: IdSource, at: float) -> None:
    """A message was taken back; where that is told before it has come, it will come without its words."""
    where = {"channel": source.type, "account": source.account, "provider_id": inbound.provider_id}
    known = messages.by_provider_id(tx, **where)
    if known is None:
        early_receipts.recall(tx, **where, at=at)
    elif messages.recall(tx, known.id):
        events.append(tx, MessageAdvanced(at=at, interaction=known.interaction, message=known.id, state="recalled"))


def is_recalled(tx: Tx, message: Message) -> bool:
    """Whether it was taken back before it came."""
    where = {"channel": message.channel, "account": message.account, "provider_id": message.provider_id}
    return early_receipts.was_recalled(tx, **where)


def emptied(message: Message) -> Message:
    """What is left of one that was taken back: that it was there."""
    return replace(message, kind="recalled", text="", attachments=())


def echo(tx: Tx, source: Any, inbound: Any, ids: IdSource, at: float) -> None:
    """Somebody answered in our name elsewhere: agents must see it. Our own sends, told back, are known already."""
    thread = {"channel": source.type, "account": source.account, "address": inbound.address}
    conversation = conversations.open_of_address(tx, **thread)
    if conversation is None:
        return
    message = Message(
        id=ids(),
        conversation=conversation.id,
        interaction=conversation.interaction,
        channel=source.type,
        account=source.account,
        direction="out",
        author=ELSEWHERE,
        text=inbound.text,
        created_at=at,
        state="sent",
        provider_id=inbound.provider_id,
        client_id=inbound.client_id,
        provider_at=inbound.at,
    )
    stored, is_new = messages.add(tx, emptied(message) if is_recalled(tx, message) else message)
    if is_new:
        events.append(
            tx,
            MessageStored(at=at, interaction=stored.interaction, message=stored.id, direction="out", author=ELSEWHERE),
        )


CHANGES: dict[str, Callable[[Tx, Any, Any, IdSource, float], None]] = {
    "receipt": receipt,
    "recalled": recalled,
    "echo": echo,
}
