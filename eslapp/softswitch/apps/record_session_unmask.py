"""``record_session_unmask path``: the call is written again."""

from __future__ import annotations

from eslapp.softswitch.session import Session


async def run(session: Session, data: str) -> None:
    """See the module."""
    session.switch.recordings.mask(session, data.strip(), is_masked=False)
