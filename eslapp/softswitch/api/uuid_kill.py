"""``uuid_kill <uuid> [cause]``: hang a channel up."""

from __future__ import annotations

from eslapp.softswitch import causes
from eslapp.softswitch.api import NO_CHANNEL, ApiCall


async def uuid_kill(call: ApiCall) -> str:
    """See the module."""
    words = call.words()
    if not words:
        return "-USAGE: <uuid> [cause]\n"
    session = call.session(words[0])
    if session is None:
        return NO_CHANNEL
    session.hangup(causes.name_of(words[1]) if len(words) > 1 else "NORMAL_CLEARING")
    return "+OK\n"


COMMANDS = {"uuid_kill": uuid_kill}
