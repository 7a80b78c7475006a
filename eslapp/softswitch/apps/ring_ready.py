"""``ring_ready``: 180 Ringing."""

from __future__ import annotations

from eslapp.softswitch import legs
from eslapp.softswitch.session import Session


async def run(session: Session, _data: str) -> None:
    """See the module."""
    legs.ring(session)
