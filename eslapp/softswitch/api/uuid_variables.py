"""``uuid_getvar``, ``uuid_setvar``, ``uuid_setvar_multi``: a channel's variables."""

from __future__ import annotations

from eslapp.softswitch.api import NO_CHANNEL, ApiCall
from eslapp.softswitch.separating import separate

MOST_VARIABLES = 64
MULTI_USAGE = "-USAGE: <uuid> <var>=<value>;<var>=<value>...\n"


async def getvar(call: ApiCall) -> str:
    """``_undef_`` for an unset one; caller profile fields and global variables can be read too."""
    words = call.words(4)
    if len(words) < 2:
        return "-USAGE: <uuid> <var>\n"
    session = call.session(words[0])
    if session is None:
        return NO_CHANNEL
    return session.get(words[1]) or "_undef_"


async def setvar(call: ApiCall) -> str:
    """No value unsets."""
    words = call.words(3)
    if len(words) < 2:
        return "-USAGE: <uuid> <var> [value]\n"
    session = call.session(words[0])
    if session is None:
        return NO_CHANNEL
    session.variables.assign(words[1], words[2] if len(words) > 2 else None)
    return "+OK\n"


async def setvar_multi(call: ApiCall) -> str:
    """``a=1;b=2``."""
    words = call.text.split(" ", 1)
    if not call.text:
        return MULTI_USAGE
    if len(words) < 2:
        return ""
    session = call.session(words[0])
    if session is None:
        return NO_CHANNEL + MULTI_USAGE
    errors, is_any = "", False
    for part in separate(words[1], ";", MOST_VARIABLES):
        name, _, value = part.partition("=")
        if name:
            session.variables.set(name, value)
            is_any = True
        else:
            errors += "-ERR No variable specified\n"
    return errors + ("+OK\n" if is_any else MULTI_USAGE)


COMMANDS = {"uuid_getvar": getvar, "uuid_setvar": setvar, "uuid_setvar_multi": setvar_multi}
