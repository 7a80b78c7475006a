"""``stop_displace_session path``: end what ``displace_session`` began."""

from __future__ import annotations

from eslapp.softswitch.displacing import stop
from eslapp.softswitch.session import Session


async def run(session: Session, data: str) -> None:
    """See the module."""
    stop(session, data.strip())
