"""``record_session path [+seconds] [{variables}]``: record both sides meanwhile; RECORD_STEREO: two channels."""

from __future__ import annotations

from eslapp.softswitch.numbers import leading_number
from eslapp.softswitch.separating import separate
from eslapp.softswitch.session import Session

NEEDS_MEDIA = True


async def run(session: Session, data: str) -> None:
    """See the module."""
    path, *more = [*separate(data), ""]
    limit = leading_number(more[0][1:]) if more and more[0].startswith("+") else 0
    if path:
        session.switch.recordings.start(session, path, limit)
