"""``uuid_kill <uuid> [cause]``: hang a channel up."""

from __future__ import annotations

from eslapp.softswitch import causes
from eslapp.softswitch.api import NO_CHANNEL, ApiCall


async def uuid_kill(call: ApiCall) -> str:
    """See the module."""
    uuid, _, cause = call.text.partition(" ")
    if not uuid:
        return "-USAGE: <uuid> [cause]\n"
    session = call.session(uuid)
    if session is None:
        return NO_CHANNEL
    session.is_killed = True
    session.hangup(causes.name_of(cause) if cause else "NORMAL_CLEARING")
    return "+OK\n"


COMMANDS = {"uuid_kill": uuid_kill}
