"""API commands that may stand in text as ``${name(argument)}``: those that only look something up.

FreeSWITCH runs any command there; the soft switch runs these and gives "" for the rest. Neither does where
``api-expansion`` is off in ``switch.conf``.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from eslapp.softswitch import registrations
from eslapp.softswitch.substitution import Call

if TYPE_CHECKING:
    from eslapp.softswitch.switch import Switch


def _global(switch: Switch, text: str) -> str:
    return switch.conf.globals.get(text.strip(), "")


def _hostname(switch: Switch, _text: str) -> str:
    return switch.hostname


DENIED = "<API Execute Permission Denied>"  # on a channel where ``api-expansion`` is off
DENIED_IN_EVENT = "<API execute Permission Denied>"
EXPANDABLE: dict[str, Callable[[Switch, str], str]] = {
    "sofia_contact": registrations.contact,
    "create_uuid": lambda switch, _text: switch.new_uuid(),
    "global_getvar": _global,
    "hostname": _hostname,
    "strepoch": lambda _switch, _text: str(int(time.time())),
    "strftime": lambda _switch, text: time.strftime(text or "%Y-%m-%d %T"),
    "uuid_exists": lambda switch, text: "true" if switch.locate(text.strip()) else "false",
}


def of_channels(switch: Switch) -> Call:
    """What answers ``${name(argument)}`` in a channel's text; "" for what nobody knows."""
    return lambda name, text: _answer(switch, name, text) if switch.has_api_expansion else DENIED


def of_events(switch: Switch) -> Call:
    """The same where the names are an event's headers: FreeSWITCH refuses in a word of its own."""
    return lambda name, text: _answer(switch, name, text) if switch.has_api_expansion else DENIED_IN_EVENT


def _answer(switch: Switch, name: str, text: str) -> str:
    expander = EXPANDABLE.get(name)
    if expander is None:
        return ""
    switch.fire_api(name, text)
    return expander(switch, text)
