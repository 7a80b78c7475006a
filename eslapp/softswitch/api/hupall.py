"""``hupall [cause [variable value]...]``: hang up every channel, or those whose variable has a value."""

from __future__ import annotations

from eslapp.softswitch import causes
from eslapp.softswitch.api import ApiCall


async def hupall(call: ApiCall) -> str:
    """MANAGER_REQUEST unless a cause is given; several pairs must all fit."""
    words = call.words(11)
    cause = causes.name_of(words[0], "NORMAL_CLEARING") if words else "MANAGER_REQUEST"
    pairs = list(zip(words[1::2], words[2::2], strict=False))
    for session in list(call.switch.sessions.values()):
        if all(session.get(name) == value for name, value in pairs):
            session.hangup(cause)
    if not pairs:
        return f"+OK hangup all channels with cause {cause}\n"
    name, value = pairs[0]
    more = "..." if len(pairs) > 1 else ""
    return f"+OK hangup all channels matching [{name}]=[{value}]{more} with cause: {cause}\n"


COMMANDS = {"hupall": hupall}
