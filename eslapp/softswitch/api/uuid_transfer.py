"""``uuid_transfer <uuid> [-bleg|-both] <extension> [<dialplan>] [<context>]``: through the dialplan anew."""

from __future__ import annotations

from eslapp.softswitch.api import NO_CHANNEL, ApiCall
from eslapp.softswitch.transferring import transfer_legs


async def uuid_transfer(call: ApiCall) -> str:
    """See the module."""
    words = call.words(5)
    if len(words) < 2:
        return "-USAGE: <uuid> [-bleg|-both] <dest-exten> [<dialplan>] [<context>]\n"
    session = call.session(words[0])
    if session is None:
        return NO_CHANNEL
    which = words.pop(1) if words[1].startswith("-") else ""
    if which not in ("-bleg", "-both") or session.partner is None:
        which = ""  # so does FreeSWITCH: an unknown flag, or no other leg, is the channel itself
    if len(words) < 2:
        words.append("")  # to nowhere: the channel ends
    if not transfer_legs(session, which, words[1:4]):
        return "-ERR Cannot transfer\n"
    return "+OK\n"


COMMANDS = {"uuid_transfer": uuid_transfer}
