"""``endless_playback name``: the same sound again and again until something ends it."""

from __future__ import annotations

from eslapp.softswitch.apps import respond_with
from eslapp.softswitch.playing import play, terminator
from eslapp.softswitch.session import Session

NEEDS_MEDIA = True


async def run(session: Session, data: str) -> None:
    """See the module."""
    on_digit = terminator(session)
    while True:
        played = await play(session, data, on_digit)
        if not played.is_complete or not session.is_ready:
            break
    respond_with(session, played.response)
