"""``set name=value``: a channel variable; no value unsets it.

As in FreeSWITCH ``${...}`` is replaced once more in the value: ``set a=\\${b}`` is what ``b`` holds.
"""

from __future__ import annotations

from eslapp.softswitch.session import Session

RUNS_AFTER_HANGUP = True


async def run(session: Session, data: str) -> None:
    """See the module."""
    assign(session, data)


def assign(session: Session, text: str) -> None:
    """Set ``name=value``, blanks around the name dropped."""
    name, value = parted(text)
    if name:
        session.variables.assign(name, session.expand(value))


def parted(text: str) -> tuple[str, str]:
    """Name and value, at the ``=``, or where there is none at the comma."""
    name, _, value = text.partition("=" if "=" in text else ",")
    return name, value
