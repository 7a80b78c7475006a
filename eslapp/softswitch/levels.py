"""How loud a channel is heard and hears: ``uuid_audio`` mute and level.

Not here: the command (``api/uuid_audio.py``), members of conferences (``conference.member``).
"""

from __future__ import annotations

import audioop
from typing import TYPE_CHECKING

from eslapp.softswitch.media.g711 import SILENCE
from eslapp.softswitch.media.port import Shaper
from eslapp.softswitch.session_events import bug, fire

if TYPE_CHECKING:
    from eslapp.softswitch.session import Session

LOUDEST_DB = 50  # the quietest is silence


def set_level(session: Session, side: str, level_db: int, command: str) -> None:
    """``read``: what others hear of it; ``write``: what it hears. -50 and below is silence, 0 as it is.

    ``command``: what asked for it (``mute``, ``level``): the first one's name stands in the events.
    """
    if not session.level_bug:
        session.level_bug = command
        fire(session, "MEDIA_BUG_START", before=bug("audio", command))
    _forget(session, side)
    level_db = max(-LOUDEST_DB, min(LOUDEST_DB, level_db))
    if session.port is None or level_db == 0:
        return
    ratio = 10 ** (level_db / 20)

    def shape(pcm: bytes | None) -> bytes | None:
        if pcm is None:
            return None
        return SILENCE if level_db == -LOUDEST_DB else audioop.mul(pcm, 2, ratio)

    session.levels[side] = shape
    session.port.add_shapers(*_both(side, shape))


def clear_levels(session: Session) -> None:
    """As it was before."""
    for side in ("read", "write"):
        _forget(session, side)
    if session.level_bug:
        fire(session, "MEDIA_BUG_STOP", before=bug("audio", session.level_bug))
        session.level_bug = ""


def _forget(session: Session, side: str) -> None:
    shape = session.levels.pop(side, None)
    if shape is not None and session.port is not None:
        session.port.remove_shapers(*_both(side, shape))


def _both(side: str, shape: Shaper) -> tuple[Shaper | None, Shaper | None]:
    return (shape, None) if side == "read" else (None, shape)
