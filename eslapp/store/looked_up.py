"""Whom providers were asked about, and when they may be asked again. Not here: what they said (``people.learn``)."""

from __future__ import annotations

from collections.abc import Sequence

from .tx import Row, Tx


def due(tx: Tx, accounts: Sequence[tuple[str, str]], *, now: float, limit: int = 20) -> list[Row]:
    """``{"channel", "account", "address", "contact"}`` of the threads of these ``(channel, account)`` to ask about."""
    found: list[Row] = []
    for channel, account in accounts:
        found += tx.all(
            "SELECT channel, account, address, MIN(contact) AS contact FROM conversations "
            "WHERE channel = :channel AND account = :account AND NOT EXISTS (SELECT 1 FROM looked_up "
            "WHERE looked_up.channel = conversations.channel AND looked_up.account = conversations.account "
            "AND looked_up.address = conversations.address AND looked_up.due_at > :now) "
            "GROUP BY channel, account, address LIMIT :limit",
            channel=channel,
            account=account,
            now=now,
            limit=limit,
        )
    return found


def asked(tx: Tx, *, channel: str, account: str, address: str, due_at: float) -> None:
    """The provider was asked; again at ``due_at`` at the earliest."""
    tx.run(
        "INSERT INTO looked_up (channel, account, address, due_at) VALUES (:channel, :account, :address, :due_at) "
        "ON CONFLICT (channel, account, address) DO UPDATE SET due_at = :due_at",
        channel=channel,
        account=account,
        address=address,
        due_at=due_at,
    )
