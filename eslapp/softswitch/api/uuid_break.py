"""``uuid_break <uuid> [all]``: end what plays in a channel."""

from __future__ import annotations

from eslapp.softswitch.api import NO_CHANNEL, ApiCall


async def uuid_break(call: ApiCall) -> str:
    """See the module."""
    words = call.words()
    if not words:
        return "-USAGE: <uuid> [all]\n"
    session = call.session(words[0])
    if session is None:
        return NO_CHANNEL
    session.break_off(is_all=len(words) > 1 and words[1].lower() == "all")
    return "+OK\n"


COMMANDS = {"uuid_break": uuid_break}
