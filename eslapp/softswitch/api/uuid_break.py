"""``uuid_break <uuid> [all] [both]``: end what plays in a channel."""

from __future__ import annotations

from eslapp.softswitch.api import NO_CHANNEL, ApiCall


async def uuid_break(call: ApiCall) -> str:
    """``all``: what is queued is forgotten too; ``both``: the partner's as well."""
    uuid, _, flags = call.text.partition(" ")
    if not uuid:
        return "-USAGE: <uuid> [all]\n"
    session = call.session(uuid)
    if session is None:
        return NO_CHANNEL
    partners = [session.partner] if "both" in flags and session.partner is not None else []
    for each in (session, *partners):
        each.break_off(is_all="all" in flags)
    return "+OK\n"


COMMANDS = {"uuid_break": uuid_break}
