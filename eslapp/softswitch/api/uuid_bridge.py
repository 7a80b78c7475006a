"""``uuid_bridge <uuid> <other_uuid> [<third_uuid>]``: join two channels, the third where the other is gone."""

from __future__ import annotations

from eslapp.softswitch.api import ApiCall
from eslapp.softswitch.rejoining import bridge_existing


async def uuid_bridge(call: ApiCall) -> str:
    """See the module."""
    words = call.words(4)
    if len(words) < 2:
        return "-USAGE: <uuid> <other_uuid>\n"
    first = call.session(words[0])
    for uuid in words[1:3]:
        second = call.session(uuid)
        if first is not None and second is not None and bridge_existing(first, second):
            return f"+OK {uuid}\n"
    return "-ERR Invalid uuid\n"


COMMANDS = {"uuid_bridge": uuid_bridge}
