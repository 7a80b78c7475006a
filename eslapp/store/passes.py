"""One-time passes from one channel to another: who they stand for, and that they are used once and in time.

Only digests are kept. Not here: making and sending them (``eslapp.chat_links``, ``webhooks.chat``), how codes are
guessed at (``eslapp.services.dial_in``).
"""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256

from .tx import Tx

DIAL_IN, CHAT = "dial-in", "chat"


@dataclass(frozen=True, slots=True)
class Pass:
    """Whose it is and what it carries on from (an interaction, "" for none)."""

    contact: str
    parent: str


def digest(key: str, purpose: str, secret: str) -> str:
    """What is kept of a code or token."""
    return sha256(f"{key}|{purpose}|{secret}".encode()).hexdigest()


def add(tx: Tx, *, digest: str, purpose: str, contact: str, parent: str, expires_at: float) -> None:
    """A new one; an older one from the same place is void. ``Conflict``: somebody has the same code now."""
    if parent:
        sql = "DELETE FROM one_time_passes WHERE purpose = :purpose AND parent = :parent AND used_at IS NULL"
        tx.run(sql, purpose=purpose, parent=parent)
    row = {"digest": digest, "purpose": purpose, "contact": contact, "parent": parent}
    tx.insert("one_time_passes", {**row, "expires_at": expires_at, "used_at": None, "used_by": ""})


def is_taken(tx: Tx, digest: str) -> bool:
    """Whether this code or token is known already."""
    return tx.value("SELECT 1 FROM one_time_passes WHERE digest = :digest", digest=digest) is not None


def forget(tx: Tx, *, before: float) -> int:
    """Delete what ended before this instant: old codes are free again."""
    sql = "DELETE FROM one_time_passes WHERE expires_at < :before AND purpose = 'dial-in' AND used_at IS NULL"
    return tx.run(sql, before=before)


def take(tx: Tx, *, digest: str, purpose: str, by: str, now: float) -> Pass | None:
    """Use it up; None where there is none, it was used, or its time is over."""
    row = tx.one(
        "UPDATE one_time_passes SET used_at = :now, used_by = :by WHERE digest = :digest AND purpose = :purpose "
        "AND used_at IS NULL AND expires_at > :now RETURNING contact, parent",
        digest=digest,
        purpose=purpose,
        by=by,
        now=now,
    )
    return Pass(**row) if row else None


def spend(tx: Tx, *, digest: str, contact: str, parent: str, by: str, now: float, expires_at: float) -> bool:
    """Use up a pass that was not kept when it was made: sealed by us, told by the call ``by``, which may come again."""
    known = tx.value("SELECT used_by FROM one_time_passes WHERE digest = :digest", digest=digest)
    if known is None:
        row = {"digest": digest, "purpose": DIAL_IN, "contact": contact, "parent": parent}
        tx.insert("one_time_passes", {**row, "expires_at": expires_at, "used_at": now, "used_by": by})
    return known in (None, by)


def used_by(tx: Tx, user: str) -> Pass | None:
    """The newest pass this interaction or address came with."""
    row = tx.one(
        "SELECT contact, parent FROM one_time_passes WHERE used_by = :user AND used_by <> '' "
        "ORDER BY used_at DESC LIMIT 1",
        user=user,
    )
    return Pass(**row) if row else None
