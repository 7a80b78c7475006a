"""``record_session_pause path``: nothing is written until record_session_resume."""

from __future__ import annotations

from eslapp.softswitch.session import Session


async def run(session: Session, data: str) -> None:
    """See the module."""
    session.switch.recordings.pause(session, data.strip(), is_paused=True)
