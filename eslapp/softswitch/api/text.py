"""Commands that turn text into text: echo, eval, expand, strftime, strepoch, create_uuid, msleep, module_exists."""

from __future__ import annotations

import asyncio
import re
import time

from eslapp.softswitch import api, expansion
from eslapp.softswitch.api import ApiCall
from eslapp.softswitch.numbers import is_whole
from eslapp.softswitch.session_events import channel_event
from eslapp.softswitch.substitution import Lookup, expand

MAX_SLEEP_MS = 10_000
MODULES = frozenset({"mod_sofia", "mod_event_socket", "mod_commands", "mod_dptools", "mod_dialplan_xml", "mod_sndfile"})


async def echo(call: ApiCall) -> str:
    """The argument."""
    return call.text


async def evaluate(call: ApiCall) -> str:
    """``${...}`` replaced from the global variables (and the calling channel, or that of ``uuid:<uuid> ``)."""
    return _expand(call, *_names(call))


async def expand_and_call(call: ApiCall) -> str:
    """``expand command argument`` with ``${...}`` replaced in the argument."""
    text, lookup = _names(call)
    name, _, argument = text.partition(" ")
    if not name:
        return "-ERR No input\n"
    argument = _expand(call, argument, lookup)
    call.told.extend([("API-Command", name), ("API-Command-Argument", argument.strip())])  # one event for both
    if name.lower() not in api.registered():
        return "INVALID COMMAND!\n-ERR Cannot execute command\n"
    return await api.call(call.switch, name, argument, call.caller, is_told=False)


def _names(call: ApiCall) -> tuple[str, Lookup]:
    """The text, and what its names mean: after ``uuid:<uuid> `` the headers of that channel's events
    (``${variable_x}``, not ``${x}``).
    """
    text = call.text
    known = call.switch.conf.globals.get
    if not text.startswith("uuid:"):
        return text, call.caller.get if call.caller is not None else known
    uuid, _, text = text.removeprefix("uuid:").partition(" ")
    session = call.session(uuid)
    event = channel_event(session, "CHANNEL_DATA") if session is not None else None
    return text, (lambda name: event.get(name) or known(name)) if event is not None else known


def _expand(call: ApiCall, text: str, lookup: Lookup) -> str:
    return expand(text, lookup, expansion.of_events(call.switch))


async def strftime(call: ApiCall) -> str:
    """Local time; ``EPOCH|x...`` is another moment (FreeSWITCH drops the character after the bar)."""
    head, bar, rest = call.text.partition("|")
    found = re.match(r"\s*(\d{1,10})", head)
    moment = (int(found[1]) if found else 0) if bar else time.time()
    return time.strftime((rest[1:] if bar else call.text) or "%Y-%m-%d %T", time.localtime(moment))


async def strepoch(call: ApiCall) -> str:
    """Seconds since the epoch."""
    return str(call.switch.now() // 1_000_000)


async def create_uuid(call: ApiCall) -> str:
    """A new one."""
    return call.switch.new_uuid()


async def msleep(call: ApiCall) -> str:
    """Wait some milliseconds (ten seconds at most)."""
    if is_whole(call.text):
        await asyncio.sleep(min(int(call.text), MAX_SLEEP_MS) / 1000)
    return "+OK"


async def module_exists(call: ApiCall) -> str:
    """The modules whose work the soft switch does."""
    return ("true" if call.text in MODULES else "false") if call.text else ""


COMMANDS = {
    "echo": echo,
    "eval": evaluate,
    "expand": expand_and_call,
    "strftime": strftime,
    "strepoch": strepoch,
    "create_uuid": create_uuid,
    "msleep": msleep,
    "module_exists": module_exists,
}
