"""``hangup [cause]``: end the call with a cause name or number."""

from __future__ import annotations

from eslapp.softswitch import causes
from eslapp.softswitch.session import Session


async def run(session: Session, data: str) -> None:
    """See the module."""
    session.hung_up_inside = True
    session.hangup(causes.name_of(data.strip() or "NORMAL_CLEARING"))
