"""``record_session_resume path``: the recording goes on."""

from __future__ import annotations

from eslapp.softswitch.session import Session


async def run(session: Session, data: str) -> None:
    """See the module."""
    session.switch.recordings.pause(session, data.strip(), is_paused=False)
