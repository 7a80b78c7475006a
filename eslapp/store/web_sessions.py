"""Signed-in browsers. The server keeps them, so that signing out and revoking really end them.

Only a hash of the cookie's token is stored: reading the database signs nobody in. Not here: the cookie itself.
"""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256

from .tx import Tx


@dataclass(frozen=True, slots=True)
class WebSession:
    """``expires_at`` is absolute; idleness is ``seen_at`` plus the limit given to ``find``."""

    agent: str
    role: str
    csrf: str
    created_at: float
    seen_at: float
    expires_at: float


def create(tx: Tx, *, token: str, agent: str, role: str, csrf: str, at: float, expires_at: float) -> None:
    """A browser signed in with a new ``token`` (its cookie)."""
    row = {"token_hash": _hash(token), "agent": agent, "role": role, "csrf": csrf}
    tx.insert("web_sessions", {**row, "created_at": at, "seen_at": at, "expires_at": expires_at, "revoked_at": None})


def find(tx: Tx, token: str, *, now: float, idle_s: float) -> WebSession | None:
    """The session of this cookie, unless it was revoked, has expired or was idle for too long."""
    row = tx.one(
        "SELECT agent, role, csrf, created_at, seen_at, expires_at FROM web_sessions WHERE token_hash = :hash "
        "AND revoked_at IS NULL AND expires_at > :now AND seen_at > :now - :idle_s",
        hash=_hash(token),
        now=now,
        idle_s=idle_s,
    )
    return WebSession(**row) if row else None


def touch(tx: Tx, token: str, *, now: float) -> None:
    """It is in use (call it at most once a minute: it is a write)."""
    tx.run("UPDATE web_sessions SET seen_at = :now WHERE token_hash = :hash", hash=_hash(token), now=now)


def revoke(tx: Tx, token: str, *, at: float) -> None:
    """Sign this browser out."""
    sql = "UPDATE web_sessions SET revoked_at = :at WHERE token_hash = :hash AND revoked_at IS NULL"
    tx.run(sql, hash=_hash(token), at=at)


def revoke_all(tx: Tx, agent: str, *, at: float) -> int:
    """Sign the agent out everywhere; returns how many browsers that were."""
    sql = "UPDATE web_sessions SET revoked_at = :at WHERE agent = :agent AND revoked_at IS NULL"
    return tx.run(sql, agent=agent, at=at)


def forget(tx: Tx, *, before: float) -> int:
    """Delete sessions that ended before this instant; returns how many."""
    return tx.run("DELETE FROM web_sessions WHERE expires_at < :before OR revoked_at < :before", before=before)


def _hash(token: str) -> str:
    return sha256(token.encode()).hexdigest()
