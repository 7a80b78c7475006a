"""``record_session_mask path``: silence is written instead of the call."""

from __future__ import annotations

from eslapp.softswitch.session import Session


async def run(session: Session, data: str) -> None:
    """See the module."""
    session.switch.recordings.mask(session, data.strip(), is_masked=True)
