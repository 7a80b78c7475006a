"""``loop_playback [+times] name``: a sound so often (0: for ever), or until somebody breaks it."""

from __future__ import annotations

from eslapp.softswitch.apps import respond_with
from eslapp.softswitch.numbers import whole
from eslapp.softswitch.playing import play, terminator
from eslapp.softswitch.session import Session

NEEDS_MEDIA = True


async def run(session: Session, data: str) -> None:
    """See the module."""
    times, name = 1, data.strip()
    if name.startswith("+"):
        number, _, name = name[1:].partition(" ")
        times = whole(number)
    rounds = 0
    while True:
        played = await play(session, name, terminator(session))
        rounds += 1
        if not played.is_complete or not played.frames or not session.is_ready or rounds == times:
            break
    respond_with(session, played.response)
