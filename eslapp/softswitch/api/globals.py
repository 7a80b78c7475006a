"""``global_getvar``, ``global_setvar``: the variables of the whole switch."""

from __future__ import annotations

from eslapp.softswitch.api import ApiCall
from eslapp.softswitch.separating import separate


async def getvar(call: ApiCall) -> str:
    """One, or without a name all of them."""
    known = call.switch.conf.globals
    if not call.text:
        return "".join(f"{name}={value}\n" for name, value in known.items())
    return known.get(call.text, "")


async def setvar(call: ApiCall) -> str:
    """``name=value``; no value unsets; ``name=value=old``: only where it is ``old`` now."""
    name, value, old = [*separate(call.text, "=", 3), "", "", ""][:3]
    known = call.switch.conf.globals
    if not name:
        return "-USAGE: <var>=<value> [=<value2>]\n"
    if old and known.get(name) != old:
        return "+OK"
    if value:
        known[name] = value
    else:
        known.pop(name, None)
    return "+OK"


COMMANDS = {"global_getvar": getvar, "global_setvar": setvar}
