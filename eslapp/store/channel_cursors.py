"""How far an account that is pulled has been read; moved in the transaction that stores what was read.

Not here: the pulling (``webhooks.puller``).
"""

from __future__ import annotations

from .tx import Tx


def of_account(tx: Tx, account: str) -> str:
    """The cursor, "" before the first pull."""
    return str(tx.value("SELECT cursor FROM channel_cursors WHERE account = :account", account=account) or "")


def move(tx: Tx, account: str, cursor: str, at: float) -> None:
    """From here on next time."""
    tx.run(
        "INSERT INTO channel_cursors (account, cursor, moved_at) VALUES (:account, :cursor, :at) "
        "ON CONFLICT (account) DO UPDATE SET cursor = :cursor, moved_at = :at",
        account=account,
        cursor=cursor,
        at=at,
    )
