"""Whether an address may be written to now, counted by what was sent and by what its provider says.

Owns: the refusals before a send, the count of a window. Not here: the windows' rows (``eslapp.store.reply_windows``),
sending (``sender``), what an agent is told before (``outgoing``, ``reply_state``).
"""

from __future__ import annotations

from typing import Any

from eslapp.store import Tx, messages, outbox, reply_windows
from eslapp.store.messages import Message
from eslapp.store.outbox import Outgoing

from .channels.base import BLOCKED, QUOTA_SHORT, QUOTA_USED, RATE_LIMITED, WINDOW_OVER, Channel

HOUR_S = 3600.0
AUTOMATIC = ("flow", "system")  # authors that are no person


def facts_of(message: Message, kind: str) -> dict[str, Any]:
    """What its first attachment of this kind says; {} where it has none."""
    return next((dict(one["facts"]) for one in message.attachments if one.get("kind") == kind), {})


def refusal(tx: Tx, row: Outgoing, message: Message, channel: Channel, now: float, *, parts: int) -> str:
    """Why its ``parts`` that are still to go may not be sent now: the reply window; "" where they may, as a template
    always may. An answer that does not fit whole is refused whole."""
    most = channel.capabilities.automatic_an_hour
    if most and message.author in AUTOMATIC:
        if messages.written_since(tx, message.conversation, authors=AUTOMATIC, at=now - HOUR_S) > most:
            return RATE_LIMITED  # they are a machine, too
    is_template = channel.capabilities.has_templates and bool(facts_of(message, "template"))
    if is_template:
        return ""
    where = {"channel": row.channel, "account": row.account, "address": row.address}
    code = reply_windows.refusal_of(tx, **where, now=now, is_limited=bool(channel.capabilities.grants))
    known = window(tx, row)
    return code or ("" if known is None or known.takes(parts) else QUOTA_SHORT)


def left(tx: Tx, *, channel: str, account: str, address: str) -> int | None:
    """How many messages may still be written, those on their way taken off; None: any number, or nobody granted any."""
    where = {"channel": channel, "account": account, "address": address}
    known = reply_windows.of_address(tx, **where)
    if known is None or known.messages_left is None:
        return None
    return max(0, known.messages_left - outbox.unsent_parts(tx, **where))


def window(tx: Tx, row: Outgoing) -> reply_windows.ReplyWindow | None:
    """The address's, None where nothing limits it."""
    return reply_windows.of_address(tx, channel=row.channel, account=row.account, address=row.address)


def count(tx: Tx, row: Outgoing) -> None:
    """One message went out."""
    reply_windows.used(tx, channel=row.channel, account=row.account, address=row.address)


def note(tx: Tx, row: Outgoing, error: str, now: float) -> None:
    """What the provider says of the window is truer than our count."""
    where = {"channel": row.channel, "account": row.account, "address": row.address}
    if error == BLOCKED:
        reply_windows.block(tx, **where, at=now)
    elif error in (WINDOW_OVER, QUOTA_USED):
        reply_windows.end(tx, **where, at=now, is_used=error == QUOTA_USED)
