"""Whose events came to an account's URL though the site has no such account. The events themselves are in ``inbox``.

Not here: which account an event is for (``webhooks.hooks``).
"""

from __future__ import annotations

from dataclasses import dataclass

from .tx import Tx

MOST = 50  # of one account; whoever comes after is counted as one
OTHERS = "…"
NAME_BOUND = 80
SHOWN_S = 7 * 86400.0


@dataclass(frozen=True, slots=True)
class Unplaced:
    """``events`` came for ``whose`` to ``channel_account`` ("messenger:page"), the newest at ``last_at``."""

    channel_account: str
    whose: str
    events: int
    first_at: float
    last_at: float


def note(tx: Tx, *, channel_account: str, whose: str, at: float) -> None:
    """One more."""
    known = tx.value("SELECT COUNT(*) FROM unplaced WHERE channel_account = :account", account=channel_account)
    name = {"channel_account": channel_account, "whose": whose[:NAME_BOUND]}
    is_known = tx.value("SELECT 1 FROM unplaced WHERE channel_account = :channel_account AND whose = :whose", **name)
    if not is_known and int(known) >= MOST:
        name["whose"] = OTHERS
    tx.run(
        "INSERT INTO unplaced (channel_account, whose, events, first_at, last_at) "
        "VALUES (:channel_account, :whose, 1, :at, :at) "
        "ON CONFLICT (channel_account, whose) DO UPDATE SET events = unplaced.events + 1, last_at = :at",
        **name,
        at=at,
    )


def lately(tx: Tx, *, now: float, limit: int = 100) -> list[Unplaced]:
    """Those of the last seven days, the newest first."""
    rows = tx.all(
        "SELECT channel_account, whose, events, first_at, last_at FROM unplaced WHERE last_at >= :since "
        "ORDER BY last_at DESC, whose LIMIT :limit",
        since=now - SHOWN_S,
        limit=limit,
    )
    return [Unplaced(**row) for row in rows]
