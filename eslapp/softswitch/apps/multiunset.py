"""``multiunset a b`` or ``multiunset ^^;a;b``: forget several channel variables."""

from __future__ import annotations

from eslapp.softswitch.apps.multiset import split_delimited
from eslapp.softswitch.session import Session

RUNS_AFTER_HANGUP = True


async def run(session: Session, data: str) -> None:
    """See the module."""
    for name in split_delimited(data):
        session.variables.set(name, None)
