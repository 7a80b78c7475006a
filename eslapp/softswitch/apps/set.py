"""``set name=value``: a channel variable; no value unsets it."""

from __future__ import annotations

from eslapp.softswitch.session import Session

RUNS_AFTER_HANGUP = True


async def run(session: Session, data: str) -> None:
    """See the module."""
    assign(session, data)


def assign(session: Session, text: str) -> None:
    """Set ``name=value``, blanks around the name dropped."""
    name, _, value = text.partition("=")
    if name.strip():
        session.variables.set(name.strip(), value)
