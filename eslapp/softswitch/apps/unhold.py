"""``unhold``: take the phone off hold (re-INVITE sendrecv)."""

from __future__ import annotations

from eslapp.softswitch.holding import unhold
from eslapp.softswitch.session import Session


async def run(session: Session, _data: str) -> None:
    """See the module."""
    unhold(session)
