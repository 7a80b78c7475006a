"""``hold``: put the phone on hold (re-INVITE sendonly)."""

from __future__ import annotations

from eslapp.softswitch.holding import hold
from eslapp.softswitch.session import Session


async def run(session: Session, _data: str) -> None:
    """See the module."""
    hold(session)
