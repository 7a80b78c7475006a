"""``global_getvar``, ``global_setvar``: the variables of the whole switch."""

from __future__ import annotations

from eslapp.softswitch.api import ApiCall


async def getvar(call: ApiCall) -> str:
    """One, or without a name all of them."""
    known = call.switch.conf.globals
    if not call.text:
        return "".join(f"{name}={value}\n" for name, value in known.items())
    return known.get(call.text, "")


async def setvar(call: ApiCall) -> str:
    """``name=value``; no value unsets."""
    name, _, value = call.text.partition("=")
    if not name:
        return "-USAGE: <var>=<value> [=<value2>]\n"
    if value:
        call.switch.conf.globals[name] = value
    else:
        call.switch.conf.globals.pop(name, None)
    return "+OK"


COMMANDS = {"global_getvar": getvar, "global_setvar": setvar}
