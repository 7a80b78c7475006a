"""Until when, and how many times, an address may still be written to. Granted by what the contact does, and taken back
by them: who unfollowed, blocked or said STOP is not written to, also where a channel knows no other limit.

Not here: what each channel grants (``webhooks.channels``), what happens when it is over (``webhooks.sender``).
"""

from __future__ import annotations

from dataclasses import dataclass

from .tx import Tx

BLOCKED = "blocked"
ENDED = "ended"  # by the provider's word: then nobody may write, not even a person
OF_ADDRESS = "channel = :channel AND account = :account AND address = :address"


@dataclass(frozen=True, slots=True)
class ReplyWindow:
    """``messages_left`` None: any number until ``expires_at``."""

    granted_by: str
    expires_at: float
    messages_left: int | None

    def refusal(self, now: float) -> str:
        """ "" while we may write; else "blocked", "window-over" or "quota-used"."""
        if self.granted_by == BLOCKED:
            return BLOCKED
        if now >= self.expires_at:
            return "window-over"
        return "quota-used" if self.messages_left == 0 else ""

    def takes(self, messages: int) -> bool:
        """Whether so many messages may still go out, as the provider counts them."""
        return self.messages_left is None or messages <= self.messages_left


def of_address(tx: Tx, *, channel: str, account: str, address: str) -> ReplyWindow | None:
    """The window of an address; None where nothing was ever granted."""
    row = tx.one(
        f"SELECT granted_by, expires_at, messages_left FROM reply_windows WHERE {OF_ADDRESS}",
        channel=channel,
        account=account,
        address=address,
    )
    return ReplyWindow(**row) if row else None


def block(tx: Tx, *, channel: str, account: str, address: str, at: float) -> None:
    """The contact does not take our messages any more, until they come back."""
    where = {"channel": channel, "account": account, "address": address}
    _put(tx, **where, granted_by=BLOCKED, expires_at=at, messages=0)


def unblock(tx: Tx, *, channel: str, account: str, address: str) -> None:
    """They are back. What they may be answered is granted by what they did."""
    tx.run(
        f"DELETE FROM reply_windows WHERE {OF_ADDRESS} AND granted_by = :blocked",
        channel=channel,
        account=account,
        address=address,
        blocked=BLOCKED,
    )


def grant(
    tx: Tx,
    *,
    channel: str,
    account: str,
    address: str,
    granted_by: str,
    at: float,
    within_s: float,
    messages: int | None,
) -> None:
    """Open or renew the window, unless the one that is open lasts longer."""
    where = {"channel": channel, "account": account, "address": address}
    known = of_address(tx, **where)
    if known is not None and known.refusal(at) == "" and known.expires_at > at + within_s:
        return
    _put(tx, **where, granted_by=granted_by, expires_at=at + within_s, messages=messages)


def used(tx: Tx, *, channel: str, account: str, address: str) -> None:
    """One message went out, as the provider counts them."""
    tx.run(
        f"UPDATE reply_windows SET messages_left = messages_left - 1 WHERE {OF_ADDRESS} AND messages_left > 0",
        channel=channel,
        account=account,
        address=address,
    )


def end(tx: Tx, *, channel: str, account: str, address: str, at: float, is_used: bool) -> None:
    """The provider says that it is over (``is_used``: that all messages are used), whatever we thought."""
    tx.run(
        "UPDATE reply_windows SET messages_left = CASE WHEN :is_used = 1 THEN 0 ELSE messages_left END, "
        "expires_at = CASE WHEN :is_used = 1 OR expires_at < :at THEN expires_at ELSE :at END, "
        "granted_by = CASE WHEN :is_used = 1 OR granted_by = :blocked THEN granted_by ELSE :ended END "
        f"WHERE {OF_ADDRESS}",
        channel=channel,
        account=account,
        address=address,
        at=at,
        is_used=int(is_used),
        blocked=BLOCKED,
        ended=ENDED,
    )


def _put(
    tx: Tx,
    *,
    channel: str,
    account: str,
    address: str,
    granted_by: str,
    expires_at: float,
    messages: int | None,
) -> None:
    tx.run(
        "INSERT INTO reply_windows (channel, account, address, granted_by, expires_at, messages_left) "
        "VALUES (:channel, :account, :address, :granted_by, :expires_at, :messages) "
        "ON CONFLICT (channel, account, address) DO UPDATE SET granted_by = :granted_by, expires_at = :expires_at, "
        "messages_left = :messages",
        channel=channel,
        account=account,
        address=address,
        granted_by=granted_by,
        expires_at=expires_at,
        messages=messages,
    )
