"""``uuid_audio <uuid> [start [read|write] [mute|level <level>]|stop]``: mute what a channel says or hears."""

from __future__ import annotations

from eslapp.softswitch.api import NO_CHANNEL, ApiCall
from eslapp.softswitch.levels import LOUDEST_DB, clear_levels, set_level
from eslapp.softswitch.numbers import signed

USAGE = "-USAGE: <uuid> [start [read|write] [mute|level <level>]|stop]\n"


async def uuid_audio(call: ApiCall) -> str:
    """``read`` is what others hear of the channel, ``write`` what it hears; levels are in dB."""
    words = [word.lower() for word in call.words()]
    if len(words) < 2:
        return USAGE
    session = call.session(words[0])
    if session is None:
        return NO_CHANNEL
    if words[1] == "stop":
        clear_levels(session)
        return "+OK\n"
    if words[1] != "start" or len(words) < 5 or words[2] not in ("read", "write") or words[3] not in ("mute", "level"):
        return USAGE  # FreeSWITCH wants a number behind "mute" as well
    number = signed(words[4]) or 0
    if words[3] == "mute":
        set_level(session, words[2], -LOUDEST_DB if number else 0, "mute")
    else:
        set_level(session, words[2], number, "level")
    return "+OK\n"


COMMANDS = {"uuid_audio": uuid_audio}
