"""A sound over or into what a channel hears while its application goes on: ``uuid_displace``, ``displace_session``.

Not here: playing as an application (``playing.py``).
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from eslapp.softswitch.media.g711 import FRAME_BYTES, add
from eslapp.softswitch.media.port import Shaper
from eslapp.softswitch.playing import places
from eslapp.softswitch.session import Session
from eslapp.softswitch.session_events import bug, fire
from eslapp.softswitch.soundpath import Sound, open_sound


@dataclass(eq=False)
class Displacing:
    """One sound in one channel."""

    session: Session
    path: str
    sound: Sound
    is_mixed: bool
    is_read: bool  # for who hears the channel, not for the channel
    shaper: Shaper | None = None
    limit: asyncio.TimerHandle | None = None

    def begin(self) -> None:
        """From the next tick on."""
        self.shaper = self._shape
        assert self.session.port is not None
        self.session.port.add_shapers(*self._sides())
        fire(self.session, "MEDIA_BUG_START", before=bug("displace", self.path))

    def _sides(self) -> tuple[Shaper | None, Shaper | None]:
        return (self.shaper, None) if self.is_read else (None, self.shaper)

    def _shape(self, pcm: bytes | None) -> bytes | None:
        if pcm is None and not self.is_read:  # the channel sends nothing that could be displaced
            return None
        frame = self.sound.source.read()
        if frame is None:
            self.end()
            return pcm
        frame = frame.ljust(FRAME_BYTES, b"\0")
        return add(pcm, frame) if pcm and self.is_mixed else frame

    def end(self) -> None:
        """It is over."""
        if self.limit is not None:
            self.limit.cancel()
        if self.session.port is not None:
            self.session.port.remove_shapers(*self._sides())
        if self.session.displaced is self:
            self.session.displaced = None
        self.sound.source.close()
        fire(self.session, "MEDIA_BUG_STOP", before=bug("displace", self.path))


def start(session: Session, path: str, limit_s: int, flags: str = "") -> bool:
    """False: no such sound, no media, or one displaces already. ``flags``: m mixes, r is for who hears the channel."""
    if session.port is None or not session.is_media_ready or session.displaced is not None:
        return False
    try:
        sound = open_sound(path, places(session))
    except FileNotFoundError:
        return False
    displacing = Displacing(session, path, sound, is_mixed="m" in flags, is_read="r" in flags)
    session.displaced = displacing
    displacing.begin()
    if limit_s:
        displacing.limit = asyncio.get_running_loop().call_later(limit_s, displacing.end)
    return True


def stop(session: Session, path: str) -> bool:
    """False when that sound does not displace."""
    displacing = session.displaced
    if displacing is None or displacing.path != path:
        return False
    displacing.end()
    return True
