"""``uuid_displace <uuid> start|stop <path> [<limit>] [mux]``: a sound instead of what the channel hears."""

from __future__ import annotations

from eslapp.softswitch.api import ApiCall
from eslapp.softswitch.displacing import start, stop
from eslapp.softswitch.numbers import leading_number

USAGE = "-USAGE: <uuid> [start|stop] <path> [<limit>] [mux]\n"


async def uuid_displace(call: ApiCall) -> str:
    """Instead of what the channel hears, or with ``mux`` into it."""
    words = call.words(5)
    if len(words) < 3:
        return USAGE
    session = call.session(words[0])
    if session is None:
        return "-ERR Cannot locate session!\n"
    if words[1].lower() == "start":
        limit = leading_number(words[3]) if len(words) > 3 else 0
        flags = words[4] if len(words) > 4 else ""
        return "+OK Success\n" if start(session, words[2], limit, flags) else "-ERR Cannot displace session!\n"
    if words[1].lower() == "stop":
        return "+OK Success\n" if stop(session, words[2]) else "-ERR Cannot stop displace session!\n"
    return USAGE


COMMANDS = {"uuid_displace": uuid_displace}
