"""``break [all]``: end what plays in this channel."""

from __future__ import annotations

from eslapp.softswitch.session import Session


async def run(session: Session, data: str) -> None:
    """See the module."""
    session.break_off(is_all=data.strip().lower() == "all")
