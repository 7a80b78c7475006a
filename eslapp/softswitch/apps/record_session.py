"""``record_session path [+seconds]``: record both sides in the background; RECORD_STEREO: two channels."""

from __future__ import annotations

from eslapp.softswitch.numbers import is_whole
from eslapp.softswitch.session import Session

NEEDS_MEDIA = True


async def run(session: Session, data: str) -> None:
    """See the module."""
    path, _, limit = data.strip().rpartition(" +")
    if not path or not is_whole(limit):
        path, limit = data.strip(), "0"
    if path:
        session.switch.recordings.start(session, path, int(limit))
