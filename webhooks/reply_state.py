"""How a conversation may be answered now: its window, its templates and cards, the kinds of files it takes.

Owns: the shape beside the agent's box. Not here: refusing (``outgoing``, ``sender``), who grants (``channels``).
"""

from __future__ import annotations

from typing import Any

from eslapp.core.model import Interaction, Medium
from eslapp.store import Tx, conversations, reply_windows
from eslapp.store.conversations import Conversation

from . import allowance
from .channel_accounts import ChannelAccounts, Misconfigured
from .channels.base import Account, Channel
from .channels.refusals import QUOTA_USED

OVER = "window-over"


def of(tx: Tx, one: Interaction, accounts: ChannelAccounts, now: float, public_url: str) -> dict[str, Any] | None:
    """None for calls. ``refusal`` "" while we may write; ``left`` None: any number; ``of``: as many were granted;
    ``person_until``: so long after ``until`` a person may still answer."""
    conversation = conversations.get(tx, one.leg) if one.medium == Medium.TEXT else None
    channel = accounts.channels.get(one.channel)
    if conversation is None or channel is None:
        return None
    account = _account(accounts, conversation.account)
    return {
        **_window(tx, conversation, channel, now),
        "templates": sorted(account.options.templates) if account and channel.capabilities.has_templates else [],
        "cards": sorted(account.options.cards) if account and "card" in channel.capabilities.sends else [],
        "sends": sorted(allowance.sends(channel, public_url)),
    }


def _account(accounts: ChannelAccounts, name: str) -> Account | None:
    try:
        return accounts.of(name)
    except Misconfigured:
        return None


def _window(tx: Tx, conversation: Conversation, channel: Channel, now: float) -> dict[str, Any]:
    shape: dict[str, Any] = {"is_limited": bool(channel.capabilities.grants), "refusal": "", "until": None}
    where = {"channel": conversation.channel, "account": conversation.account, "address": conversation.address}
    window = reply_windows.of_address(tx, **where)
    if not channel.capabilities.grants:
        return shape | {"refusal": window.refusal(now) if window is not None else ""}
    if window is None:
        return shape | {"refusal": OVER}
    grant = channel.capabilities.grants.get(window.granted_by)
    total = grant.messages if grant is not None else None
    left = allowance.left(tx, **where)
    return shape | {
        "refusal": allowance.refusal_of(window, channel, now, is_person=True) or (QUOTA_USED if left == 0 else ""),
        "until": window.expires_at,
        "person_until": allowance.person_until(window, channel),
        "left": left,
        "of": max(total or 0, window.messages_left or 0) if window.messages_left is not None else None,
    }
