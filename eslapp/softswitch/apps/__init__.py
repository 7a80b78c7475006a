"""Dialplan applications. ONE FILE = ONE APPLICATION: the file's name is the application's name.

Each module has ``async def run(session, data) -> None`` and may set ``NEEDS_MEDIA = True`` (the call gets early media
before it runs), ``RUNS_AFTER_HANGUP = True`` (a queued one still runs when the call is over) and
``ALIASES = ("other_name",)``. Its answer goes through ``respond_with(session, "FILE PLAYED")``.
Not here: running them (``softswitch.execute``), waiting inside one (``softswitch.waiting``).
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from eslapp.softswitch.session import Session


@dataclass(frozen=True)
class App:
    """A registered application."""

    name: str
    run: Callable[[Session, str], Awaitable[None]]
    needs_media: bool
    runs_after_hangup: bool
    file: str


@cache
def registered() -> dict[str, App]:
    """All applications by name; two files with one name are an ImportError that names both."""
    found: dict[str, App] = {}
    for module in pkgutil.iter_modules(__path__):
        for app in _apps_of(importlib.import_module(f"{__name__}.{module.name}"), module.name):
            if app.name in found:
                raise ImportError(f"application {app.name!r} is in {found[app.name].file} and in {app.file}")
            found[app.name] = app
    return found


def _apps_of(module: Any, file: str) -> list[App]:
    if not hasattr(module, "run"):
        raise ImportError(f"apps/{file}.py has no run(session, data)")
    name = file.rstrip("_")
    needs_media = bool(getattr(module, "NEEDS_MEDIA", False))
    after_hangup = bool(getattr(module, "RUNS_AFTER_HANGUP", False))
    names = (name, *getattr(module, "ALIASES", ()))
    return [App(each, module.run, needs_media, after_hangup, f"apps/{file}.py") for each in names]


def find(name: str) -> App | None:
    """An application by its name, without case."""
    return registered().get(name.lower())


def respond_with(session: Session, text: str) -> None:
    """Set the Application-Response of the running application."""
    session.variables.set("current_application_response", text)
