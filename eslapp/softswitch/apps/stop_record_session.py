"""``stop_record_session path|all``: end a recording made by record_session."""

from __future__ import annotations

from eslapp.softswitch.session import Session


async def run(session: Session, data: str) -> None:
    """See the module."""
    await session.switch.recordings.stop(session, data.strip())
