"""``user_exists id <user> <domain>``, ``user_data <user>@<domain> param|var|attr <name>``."""

from __future__ import annotations

from eslapp.softswitch.api import ApiCall


async def exists(call: ApiCall) -> str:
    """true or false."""
    words = call.words()
    if len(words) < 3:
        return "false"
    return "true" if call.switch.conf.user(words[1], words[2]) else "false"


async def data(call: ApiCall) -> str:
    """One value of a user; an SIP password is as visible here as in FreeSWITCH."""
    words = call.words()
    if len(words) < 3:
        return ""
    name, _, domain = words[0].partition("@")
    user = call.switch.conf.user(name, domain)
    if user is None:
        return ""
    places = {"param": user.params, "var": user.variables, "attr": {"id": user.id}}
    return places.get(words[1], {}).get(words[2], "")


COMMANDS = {"user_exists": exists, "user_data": data}
