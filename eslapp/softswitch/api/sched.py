"""``sched_hangup``, ``sched_transfer``, ``sched_broadcast``, ``sched_api``, ``sched_del``: things done at a second to
come.
"""

from __future__ import annotations

from eslapp.softswitch import causes
from eslapp.softswitch.api import NO_CHANNEL, ApiCall
from eslapp.softswitch.numbers import leading_number

API_USAGE = "-ERR Invalid syntax. USAGE: [+@]<time> <group_name> <command_string>[&]\n"


async def hangup(call: ApiCall) -> str:
    """``[+]<time> <uuid> [<cause>]``; ``+0`` is now."""
    words = call.words()
    if not words:
        return "-USAGE: [+]<time> <uuid> [<cause>]\n"
    session = call.session(words[1]) if len(words) > 1 else None
    if session is None:
        return NO_CHANNEL
    cause = words[2] if len(words) > 2 else "ALLOTTED_TIMEOUT"
    if leading_number(words[0][1:]):
        call.switch.scheduler.hangup(session, words[0], cause)
    else:
        session.hangup(causes.name_of(cause))
    return "+OK\n"


async def transfer(call: ApiCall) -> str:
    """``[+]<time> <uuid> <extension> [<dialplan>] [<context>]``."""
    words = call.words()
    if not 2 <= len(words) <= 5:
        return "-USAGE: [+]<time> <uuid> <extension> [<dialplan>] [<context>]\n"
    session = call.session(words[1])
    if session is None:
        return NO_CHANNEL
    call.switch.scheduler.transfer(session, words[0], words[2:])
    return "+OK\n"


async def broadcast(call: ApiCall) -> str:
    """``[+]<time> <uuid> <path> [aleg|bleg|both]``: as ``uuid_broadcast`` then."""
    words = call.words()
    if len(words) < 3:
        return "-USAGE: [[+]<time>|@time] <uuid> <path> [aleg|bleg|both]\n"
    side = words[3].lower() if len(words) > 3 else "aleg"
    later = f"uuid_broadcast {words[1]} {words[2]} {side if side in ('aleg', 'bleg', 'both') else 'nobody'}"
    when = words[0].removeprefix("@")  # an epoch, too: what has been is said again and again
    call.switch.scheduler.api(when, "switch_ivr_schedule_broadcast", words[1], later, is_told=False)
    return "+OK Message scheduled\n"


async def command(call: ApiCall) -> str:
    """``[+@]<time> <group> <command>``: any API command; with ``@`` again and again."""
    words = call.text.split(" ", 2)
    if len(words) < 3:
        return API_USAGE
    task = call.switch.scheduler.api(words[0], "sched_api_function", words[1], words[2].removesuffix("&"))
    return f"+OK Added: {task}\n"


async def delete(call: ApiCall) -> str:
    """By task id or group (a channel's uuid)."""
    return f"+OK Deleted: {call.switch.scheduler.delete(call.text)}\n"


async def unschedule(call: ApiCall) -> str:
    """A task by its id alone."""
    task = leading_number(call.text)
    if not task:
        return ""
    return "+OK\n" if call.switch.scheduler.delete(str(task)) else "-ERR No such id\n"


COMMANDS = {
    "unsched_api": unschedule,
    "sched_hangup": hangup,
    "sched_transfer": transfer,
    "sched_broadcast": broadcast,
    "sched_api": command,
    "sched_del": delete,
}
