"""API commands that may stand in text as ``${name(argument)}``: those that only look something up.

FreeSWITCH runs any command there; the soft switch runs these and gives "" for the rest.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from eslapp.softswitch import registrations

if TYPE_CHECKING:
    from eslapp.softswitch.switch import Switch


def _global(switch: Switch, text: str) -> str:
    return switch.conf.globals.get(text.strip(), "")


def _hostname(switch: Switch, _text: str) -> str:
    return switch.hostname


EXPANDABLE: dict[str, Callable[[Switch, str], str]] = {
    "sofia_contact": registrations.contact,
    "create_uuid": lambda switch, _text: switch.new_uuid(),
    "global_getvar": _global,
    "hostname": _hostname,
    "strepoch": lambda _switch, _text: str(int(time.time())),
    "strftime": lambda _switch, text: time.strftime(text or "%Y-%m-%d %T"),
    "uuid_exists": lambda switch, text: "true" if switch.locate(text.strip()) else "false",
}
