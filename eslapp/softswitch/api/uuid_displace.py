"""``uuid_displace <uuid> start|stop <path> [<limit>] [mux]``: a sound instead of what the channel hears."""

from __future__ import annotations

import asyncio

from eslapp.softswitch.api import ApiCall
from eslapp.softswitch.numbers import word
from eslapp.softswitch.playing import places
from eslapp.softswitch.session import Session
from eslapp.softswitch.soundpath import open_sound

USAGE = "-USAGE: <uuid> [start|stop] <path> [<limit>] [mux]\n"


async def uuid_displace(call: ApiCall) -> str:
    """A displaced channel plays the sound over its partner; ``mux`` is taken as without it."""
    words = call.words()
    if len(words) < 3:
        return USAGE
    session = call.session(words[0])
    if session is None:
        return "-ERR Cannot locate session!\n"
    if words[1] == "start":
        limit = word(words, 3)
        return "+OK Success\n" if start(session, words[2], limit) else "-ERR Cannot displace session!\n"
    if words[1] == "stop":
        return "+OK Success\n" if stop(session, words[2]) else "-ERR Cannot stop displace session!\n"
    return USAGE


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


COMMANDS = {"uuid_displace": uuid_displace}
