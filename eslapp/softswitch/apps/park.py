"""``park``: wait under a controller's command; ends at once inside an asynchronous socket, which is a park already."""

from __future__ import annotations

from eslapp.softswitch import parking
from eslapp.softswitch.session import Session


async def run(session: Session, _data: str) -> None:
    """See the module."""
    await parking.park(session)
