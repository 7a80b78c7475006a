"""API commands. ONE FILE = ONE COMMAND or one family of commands.

Each module has ``COMMANDS = {"uuid_break": function}``; a function is ``async def f(call: ApiCall) -> str`` and gives
the exact text FreeSWITCH answers ("" is sent as ``-ERR no reply``). Not here: the event socket's own commands.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING

from eslapp.softswitch.separating import separate

if TYPE_CHECKING:
    from eslapp.softswitch.profile import Header
    from eslapp.softswitch.session import Session
    from eslapp.softswitch.switch import Switch

NO_CHANNEL = "-ERR No such channel!\n"


@dataclass(frozen=True)
class ApiCall:
    """One call of a command: its argument text as it came."""

    switch: Switch
    text: str
    caller: Session | None = None  # the channel of an outbound socket that asks
    told: list[Header] = field(default_factory=list)  # what its event shows besides

    def words(self, limit: int = 0) -> list[str]:
        """The argument split at blanks into at most ``limit`` words; the last keeps its blanks."""
        return separate(self.text, limit=limit)

    def session(self, uuid: str) -> Session | None:
        """The live channel of that uuid."""
        return self.switch.locate(uuid)


NOTHING = "-ERR no reply\n"  # what a connection is told where a command says nothing
Command = Callable[[ApiCall], Awaitable[str]]


@cache
def registered() -> dict[str, Command]:
    """All commands by name; a name in two files is an ImportError that names both."""
    found: dict[str, Command] = {}
    files: dict[str, str] = {}
    for module in pkgutil.iter_modules(__path__):
        for name, command in importlib.import_module(f"{__name__}.{module.name}").COMMANDS.items():
            if name in found:
                raise ImportError(f"API command {name!r} is in api/{files[name]}.py and in api/{module.name}.py")
            found[name], files[name] = command, module.name
    return found


async def call(switch: Switch, name: str, text: str, caller: Session | None = None, *, is_told: bool = True) -> str:
    """Run a command as FreeSWITCH would answer it, also for a name it does not know."""
    command = registered().get(name.lower())
    asked = ApiCall(switch, text.strip(), caller)
    try:
        if command is None:
            return f"-ERR {name} Command not found!\n"
        return await command(asked) or NOTHING
    finally:
        if is_told:
            switch.fire_api(name, asked.text, asked.told)
