"""Visitors of the chat page: whose token it is and which conversation it continues after a reload.

Only a hash of the token is stored. Not here: the messages (``messages``), the page (``webhooks``).
"""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256

from .tx import Tx


@dataclass(frozen=True, slots=True)
class ChatSession:
    """``channel`` is the site's channel name, ``address`` the visitor's address there."""

    channel: str
    address: str
    contact: str
    conversation: str
    language: str
    created_at: float
    seen_at: float
    expires_at: float
    ended_at: float | None


def create(
    tx: Tx,
    *,
    token: str,
    channel: str,
    address: str,
    contact: str,
    conversation: str,
    language: str,
    at: float,
    expires_at: float,
) -> None:
    """A visitor opened the chat page and got a new ``token``."""
    row = {"token_hash": _hash(token), "channel": channel, "address": address, "contact": contact}
    row |= {"conversation": conversation, "language": language}
    tx.insert("chat_sessions", {**row, "created_at": at, "seen_at": at, "expires_at": expires_at, "ended_at": None})


def find(tx: Tx, token: str, *, now: float) -> ChatSession | None:
    """The session of this token, unless it has expired. One that was ended is still found (``ended_at``)."""
    row = tx.one(
        "SELECT channel, address, contact, conversation, language, created_at, seen_at, expires_at, ended_at "
        "FROM chat_sessions WHERE token_hash = :hash AND expires_at > :now",
        hash=_hash(token),
        now=now,
    )
    return ChatSession(**row) if row else None


def move(tx: Tx, token: str, conversation: str) -> None:
    """The visitor goes on in another conversation (the old one was closed)."""
    tx.run(
        "UPDATE chat_sessions SET conversation = :conversation WHERE token_hash = :hash",
        hash=_hash(token),
        conversation=conversation,
    )


def touch(tx: Tx, token: str, *, now: float) -> None:
    """The visitor is there (call it at most once a minute: it is a write)."""
    tx.run("UPDATE chat_sessions SET seen_at = :now WHERE token_hash = :hash", hash=_hash(token), now=now)


def end(tx: Tx, token: str, *, at: float) -> None:
    """The visitor ended the chat."""
    tx.run(
        "UPDATE chat_sessions SET ended_at = :at WHERE token_hash = :hash AND ended_at IS NULL",
        hash=_hash(token),
        at=at,
    )


def forget(tx: Tx, *, before: float) -> int:
    """Delete sessions that expired before this instant; returns how many."""
    return tx.run("DELETE FROM chat_sessions WHERE expires_at < :before", before=before)


def _hash(token: str) -> str:
    return sha256(token.encode()).hexdigest()
