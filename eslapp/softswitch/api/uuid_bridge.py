"""``uuid_bridge <uuid> <other_uuid>``: join two channels."""

from __future__ import annotations

from eslapp.softswitch.api import ApiCall
from eslapp.softswitch.bridging import bridge_existing


async def uuid_bridge(call: ApiCall) -> str:
    """See the module."""
    words = call.words()
    if len(words) < 2:
        return "-USAGE: <uuid> <other_uuid>\n"
    first, second = call.session(words[0]), call.session(words[1])
    if first is None or second is None or not bridge_existing(first, second):
        return "-ERR Invalid uuid\n"
    return f"+OK {second.uuid}\n"


COMMANDS = {"uuid_bridge": uuid_bridge}
