"""``hupall [cause [variable value]]``: hang up every channel, or those whose variable has a value."""

from __future__ import annotations

from eslapp.softswitch import causes
from eslapp.softswitch.api import ApiCall


async def hupall(call: ApiCall) -> str:
    """MANAGER_REQUEST unless a cause is given."""
    words = call.words()
    cause = causes.name_of(words[0], "NORMAL_CLEARING") if words else "MANAGER_REQUEST"
    for session in list(call.switch.sessions.values()):
        if len(words) < 3 or session.get(words[1]) == words[2]:
            session.hangup(cause)
    if len(words) > 2:
        return f"+OK hangup all channels matching [{words[1]}]=[{words[2]}] with cause: {cause}\n"
    return f"+OK hangup all channels with cause {cause}\n"


COMMANDS = {"hupall": hupall}
