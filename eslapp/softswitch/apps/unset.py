"""``unset name``: forget a channel variable."""

from __future__ import annotations

from eslapp.softswitch.session import Session

RUNS_AFTER_HANGUP = True


async def run(session: Session, data: str) -> None:
    """See the module."""
    session.variables.set(data.strip(), None)
