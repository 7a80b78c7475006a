"""``uuid_displace <uuid> start|stop <path> [<limit>] [mux]``: a sound instead of what the channel hears."""

from __future__ import annotations

from eslapp.softswitch.api import ApiCall
from eslapp.softswitch.displacing import start, stop
from eslapp.softswitch.numbers import word

USAGE = "-USAGE: <uuid> [start|stop] <path> [<limit>] [mux]\n"


async def uuid_displace(call: ApiCall) -> str:
    """A displaced channel plays the sound over its partner; ``mux`` is taken as without it."""
    words = call.words()
    if len(words) < 3:
        return USAGE
    session = call.session(words[0])
    if session is None:
        return "-ERR Cannot locate session!\n"
    if words[1] == "start":
        limit = word(words, 3)
        return "+OK Success\n" if start(session, words[2], limit) else "-ERR Cannot displace session!\n"
    if words[1] == "stop":
        return "+OK Success\n" if stop(session, words[2]) else "-ERR Cannot stop displace session!\n"
    return USAGE


COMMANDS = {"uuid_displace": uuid_displace}
