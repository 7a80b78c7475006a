"""``uuid_getvar``, ``uuid_setvar``, ``uuid_setvar_multi``: a channel's variables."""

from __future__ import annotations

from eslapp.softswitch.api import NO_CHANNEL, ApiCall

MULTI_USAGE = "-USAGE: <uuid> <var>=<value>;<var>=<value>...\n"


async def getvar(call: ApiCall) -> str:
    """``_undef_`` for an unset one; caller profile fields can be read too."""
    words = call.words()
    if len(words) < 2:
        return "-USAGE: <uuid> <var>\n"
    session = call.session(words[0])
    if session is None:
        return NO_CHANNEL
    value = session.variables.get(words[1])
    if value is None:
        value = session.profile.field(words[1])
    return value or "_undef_"


async def setvar(call: ApiCall) -> str:
    """No value unsets."""
    words = call.text.split(" ", 2)
    if len(words) < 2 or not words[1]:
        return "-USAGE: <uuid> <var> [value]\n"
    session = call.session(words[0])
    if session is None:
        return NO_CHANNEL
    session.variables.set(words[1], words[2] if len(words) > 2 else None)
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
    errors = ""
    for part in words[1].removesuffix(";").split(";"):
        name, _, value = part.partition("=")
        if name.strip():
            session.variables.set(name.strip(), value)
        else:
            errors += "-ERR No variable specified\n"
    return f"{errors}+OK\n"


COMMANDS = {"uuid_getvar": getvar, "uuid_setvar": setvar, "uuid_setvar_multi": setvar_multi}
