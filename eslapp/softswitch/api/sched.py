"""``sched_hangup``, ``sched_transfer``, ``sched_del``: things done at a second to come."""

from __future__ import annotations

from eslapp.softswitch.api import NO_CHANNEL, ApiCall


async def hangup(call: ApiCall) -> str:
    """``[+]<time> <uuid> [<cause>]``."""
    words = call.words()
    if len(words) < 2:
        return "-USAGE: [+]<time> <uuid> [<cause>]\n"
    session = call.session(words[1])
    if session is None:
        return NO_CHANNEL
    call.switch.scheduler.hangup(session, words[0], words[2] if len(words) > 2 else "NORMAL_CLEARING")
    return "+OK\n"


async def transfer(call: ApiCall) -> str:
    """``[+]<time> <uuid> <extension> [<dialplan>] [<context>]``."""
    words = call.words()
    if len(words) < 3:
        return "-USAGE: [+]<time> <uuid> <extension> [<dialplan>] [<context>]\n"
    session = call.session(words[1])
    if session is None:
        return NO_CHANNEL
    call.switch.scheduler.transfer(session, words[0], words[2:])
    return "+OK\n"


async def delete(call: ApiCall) -> str:
    """By task id or group (a channel's uuid)."""
    return f"+OK Deleted: {call.switch.scheduler.delete(call.text)}\n"


COMMANDS = {"sched_hangup": hangup, "sched_transfer": transfer, "sched_del": delete}
