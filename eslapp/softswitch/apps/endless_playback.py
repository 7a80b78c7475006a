"""``endless_playback name``: the same sound again and again, until the channel does something else or ends.

As in FreeSWITCH neither a digit nor ``uuid_break`` ends it: the sound begins again.
"""

from __future__ import annotations

import asyncio

from eslapp.softswitch.apps import respond_with
from eslapp.softswitch.playing import play
from eslapp.softswitch.session import Session

NEEDS_MEDIA = True
FRAME_S = 0.02  # a sound without a sound must not spin


async def run(session: Session, data: str) -> None:
    """See the module."""
    while True:
        played = await play(session, data)
        if played.response != "FILE PLAYED" or not session.is_ready:
            break
        await asyncio.sleep(FRAME_S if not played.frames else 0)
    respond_with(session, played.response)
