"""Playing a sound to a channel over what it hears: ``uuid_displace``, ``displace_session``.

Not here: playing as an application (``playing.py``).
"""

from __future__ import annotations

import asyncio

from eslapp.softswitch.playing import places
from eslapp.softswitch.session import Session
from eslapp.softswitch.soundpath import open_sound


def start(session: Session, path: str, limit_s: int) -> bool:
    """False when there is no such sound, no media, or one displaces already."""
    if session.port is None or not session.is_media_ready or session.displaced:
        return False
    try:
        sound = open_sound(path, places(session))
    except FileNotFoundError:
        return False
    session.displaced = path

    def ended(_why: str) -> None:
        session.displaced = ""
        sound.source.close()

    session.port.play(sound.source, ended)
    if limit_s:
        asyncio.get_running_loop().call_later(limit_s, stop, session, path)
    return True


def stop(session: Session, path: str) -> bool:
    """False when that sound does not displace."""
    if session.port is None or not session.displaced or session.displaced != path:
        return False
    session.port.stop()
    return True
