"""``set_name name``: another Channel-Name."""

from __future__ import annotations

from eslapp.softswitch.session import Session

RUNS_AFTER_HANGUP = True


async def run(session: Session, data: str) -> None:
    """See the module."""
    name = data.strip()
    if name:
        session.name = name
        session.variables.set("channel_name", name)
