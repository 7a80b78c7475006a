"""Whether an address may be written to now, counted by what was sent and by what its provider says.

Owns: the refusals before a send, the count of a window. Not here: the windows' rows (``eslapp.store.reply_windows``),
sending (``sender``), what an agent is told before (``outgoing``, ``reply_state``).
"""

from __future__ import annotations

from typing import Any

from eslapp.store import Tx, messages, outbox, reply_windows
from eslapp.store.messages import Message
from eslapp.store.outbox import Outgoing
from eslapp.store.reply_windows import ReplyWindow

from .channels.base import Channel
from .channels.refusals import BLOCKED, QUOTA_SHORT, QUOTA_USED, RATE_LIMITED, WINDOW_OVER

HOUR_S = 3600.0
AUTOMATIC = ("flow", "system")  # authors that are no person


def facts_of(message: Message, kind: str) -> dict[str, Any]:
    """What its first attachment of this kind says; {} where it has none."""
    return next((dict(one["facts"]) for one in message.attachments if one.get("kind") == kind), {})


def sends(channel: Channel, public_url: str) -> frozenset[str]:
    """The kinds of attachments that a site with this public address can send ("": it has none)."""
    capabilities = channel.capabilities
    return capabilities.sends if public_url or not capabilities.is_fetching else frozenset()


def refusal(tx: Tx, row: Outgoing, message: Message, channel: Channel, now: float, *, parts: int) -> str:
    """Why its ``parts`` that are still to go may not be sent now: the reply window; "" where they may, as a template
    always may. An answer that does not fit whole is refused whole."""
    most = channel.capabilities.automatic_an_hour
    if most and message.author in AUTOMATIC:
        if messages.written_since(tx, message.conversation, authors=AUTOMATIC, at=now - HOUR_S) > most:
            return RATE_LIMITED  # they are a machine, too
    if channel.capabilities.has_templates and facts_of(message, "template"):
        return ""
    known = window(tx, row)
    code = refusal_of(known, channel, now, is_person=message.author not in AUTOMATIC)
    return code or ("" if known is None or known.takes(parts) else QUOTA_SHORT)


def refusal_of(known: ReplyWindow | None, channel: Channel, now: float, *, is_person: bool) -> str:
    """Why nothing may be written now; "" where it may. ``is_person``: an agent, not a flow."""
    if known is None:
        return WINDOW_OVER if channel.capabilities.grants else ""
    code = known.refusal(now)
    is_late = code == WINDOW_OVER and is_person and now < (person_until(known, channel) or 0.0)
    return "" if is_late else code


def person_until(known: ReplyWindow, channel: Channel) -> float | None:
    """Until when an agent may still answer after the window; None where nobody may."""
    grant = channel.capabilities.grants.get(known.granted_by)
    if grant is None or not grant.person_within_s:
        return None
    return known.expires_at - grant.within_s + grant.person_within_s


def left(tx: Tx, *, channel: str, account: str, address: str) -> int | None:
    """How many messages may still be written, those on their way taken off; None: any number, or nobody granted any."""
    where = {"channel": channel, "account": account, "address": address}
    known = reply_windows.of_address(tx, **where)
    if known is None or known.messages_left is None:
        return None
    return max(0, known.messages_left - outbox.unsent_parts(tx, **where))


def window(tx: Tx, row: Outgoing) -> ReplyWindow | None:
    """The address's, None where nothing limits it."""
    return reply_windows.of_address(tx, channel=row.channel, account=row.account, address=row.address)


def count(tx: Tx, row: Outgoing, message: Message) -> None:
    """One message went out; templates are none of the answers."""
    if facts_of(message, "template"):
        return
    reply_windows.used(tx, channel=row.channel, account=row.account, address=row.address)


def note(tx: Tx, row: Outgoing, error: str, now: float) -> None:
    """What the provider says of the window is truer than our count."""
    where = {"channel": row.channel, "account": row.account, "address": row.address}
    if error == BLOCKED:
        reply_windows.block(tx, **where, at=now)
    elif error in (WINDOW_OVER, QUOTA_USED):
        reply_windows.end(tx, **where, at=now, is_used=error == QUOTA_USED)
