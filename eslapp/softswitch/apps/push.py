"""``push name=value``: add an element to an array variable."""

from __future__ import annotations

from eslapp.softswitch.apps.set import parted
from eslapp.softswitch.session import Session

RUNS_AFTER_HANGUP = True


async def run(session: Session, data: str) -> None:
    """See the module."""
    name, value = parted(data)
    if name:
        session.variables.push(name, session.expand(value))
