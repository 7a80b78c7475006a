"""``multiset a=1 b=2`` or ``multiset ^^;a=1;b=x y``: several variables at once."""

from __future__ import annotations

from eslapp.softswitch.apps.set import assign
from eslapp.softswitch.session import Session

RUNS_AFTER_HANGUP = True


async def run(session: Session, data: str) -> None:
    """See the module."""
    for part in split_delimited(data):
        assign(session, part)


def split_delimited(data: str) -> list[str]:
    """Split at blanks, or at the character after ``^^``."""
    if data.startswith("^^") and len(data) > 2:
        return [part for part in data[3:].split(data[2]) if part]
    return data.split()
