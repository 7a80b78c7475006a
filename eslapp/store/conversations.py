"""Threads with one address of one channel. At most one is open per address: the database guards it.

A conversation outlives interactions: each matter worked on in it is an interaction whose ``leg`` is the conversation.
A reply goes to the conversation's own address, whatever was merged since. Not here: the texts (``messages``).
"""

from __future__ import annotations

from dataclasses import dataclass

from .tx import Row, Tx


@dataclass(frozen=True, slots=True)
class Conversation:
    """``account`` is ours on that channel (the site's channel name), ``address`` is theirs."""

    id: str
    channel: str
    account: str
    address: str
    contact: str
    interaction: str
    opened_at: float
    closed_at: float | None = None


def find_or_open(
    tx: Tx, *, channel: str, account: str, address: str, contact: str, new_id: str, at: float
) -> tuple[Conversation, bool]:
    """The open conversation of this address, or a new one under ``new_id``. Returns ``(conversation, is_new)``."""
    inserted = tx.run(
        "INSERT INTO conversations (id, channel, account, address, contact, interaction, opened_at, closed_at) "
        "VALUES (:id, :channel, :account, :address, :contact, '', :at, NULL) ON CONFLICT DO NOTHING",
        id=new_id,
        channel=channel,
        account=account,
        address=address,
        contact=contact,
        at=at,
    )
    conversation = open_of_address(tx, channel=channel, account=account, address=address)
    assert conversation is not None
    return conversation, inserted == 1


def open_of_address(tx: Tx, *, channel: str, account: str, address: str) -> Conversation | None:
    """The open conversation of this address, if any."""
    row = tx.one(
        "SELECT * FROM conversations WHERE channel = :channel AND account = :account AND address = :address "
        "AND closed_at IS NULL",
        channel=channel,
        account=account,
        address=address,
    )
    return _conversation(row)


def get(tx: Tx, conversation: str) -> Conversation | None:
    """One conversation, open or closed."""
    return _conversation(tx.one("SELECT * FROM conversations WHERE id = :id", id=conversation))


def of_interaction(tx: Tx, interaction: str) -> Conversation | None:
    """The conversation in which this interaction is the matter in work."""
    row = tx.one("SELECT * FROM conversations WHERE interaction = :id AND interaction <> ''", id=interaction)
    return _conversation(row)


def open_of_contact(tx: Tx, *, account: str, contact: str) -> Conversation | None:
    """The newest open conversation of this person on one of our channels ("" for any)."""
    row = tx.one(
        "SELECT * FROM conversations WHERE contact = :contact AND (:account = '' OR account = :account) "
        "AND closed_at IS NULL "
        "ORDER BY opened_at DESC LIMIT 1",
        contact=contact,
        account=account,
    )
    return _conversation(row)


def attach(tx: Tx, conversation: str, interaction: str) -> None:
    """Name the matter in work (``""``: none)."""
    tx.run(
        "UPDATE conversations SET interaction = :interaction WHERE id = :id", id=conversation, interaction=interaction
    )


def close(tx: Tx, conversation: str, at: float) -> bool:
    """End the thread: the next message of this address opens another. False if it was closed already."""
    sql = "UPDATE conversations SET closed_at = :at WHERE id = :id AND closed_at IS NULL"
    return tx.run(sql, id=conversation, at=at) == 1


def _conversation(row: Row | None) -> Conversation | None:
    return Conversation(**row) if row else None
