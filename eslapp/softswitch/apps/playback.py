"""``playback name``: a file, tone_stream://, silence_stream://, local_stream:// or file_string:// to the caller."""

from __future__ import annotations

from eslapp.softswitch.apps import respond_with
from eslapp.softswitch.playing import play, terminator
from eslapp.softswitch.session import Session

NEEDS_MEDIA = True


async def run(session: Session, data: str) -> None:
    """See the module."""
    session.variables.set("playback_terminator_used", None)
    played = await play(session, data, terminator(session))
    respond_with(session, played.response)
