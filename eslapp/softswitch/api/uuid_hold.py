"""``uuid_hold [off|toggle] <uuid>``: put a phone on hold by re-INVITE."""

from __future__ import annotations

from eslapp.softswitch.api import ApiCall
from eslapp.softswitch.holding import hold, unhold
from eslapp.softswitch.states import CallState


async def uuid_hold(call: ApiCall) -> str:
    """An unknown uuid is answered with success, as FreeSWITCH does; what is so already with a failure."""
    words = call.words()
    if not words:
        return "-USAGE: [off|toggle] <uuid> [<display>]\n-ERR Operation failed\n"
    verb = words[0].lower() if words[0].lower() in ("off", "toggle") else "on"
    uuid = words[1] if verb != "on" and len(words) > 1 else words[0]
    session = call.session(uuid)
    if session is None:
        return "+OK Success\n"
    is_held = session.call_state is CallState.HELD
    if (verb == "on" and is_held) or (verb == "off" and not is_held):
        return "-ERR Operation failed\n"
    (unhold if is_held else hold)(session)
    return "+OK Success\n"


COMMANDS = {"uuid_hold": uuid_hold}
