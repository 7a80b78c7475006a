"""``uuid_audio <uuid> [start [read|write] [mute|level <level>]|stop]``: mute what a channel says or hears."""

from __future__ import annotations

from eslapp.softswitch.api import NO_CHANNEL, ApiCall
from eslapp.softswitch.media.sources import SilenceSource
from eslapp.softswitch.session import Session

USAGE = "-USAGE: <uuid> [start [read|write] [mute|level <level>]|stop]\n"


async def uuid_audio(call: ApiCall) -> str:
    """Levels other than mute are taken and change nothing."""
    words = call.words()
    if len(words) < 2 or words[1] not in ("start", "stop"):
        return USAGE
    session = call.session(words[0])
    if session is None:
        return NO_CHANNEL
    unmute(session)
    if words[1] == "start" and len(words) > 3 and words[3] == "mute":
        mute(session, words[2])
    return "+OK\n"


def mute(session: Session, side: str) -> None:
    """``write``: it hears silence; ``read``: its partner does."""
    target = session if side == "write" else session.partner
    if target is not None and target.port is not None:
        silence = SilenceSource()
        target.port.play(silence)
        session.mutes.append((target.port, silence))


def unmute(session: Session) -> None:
    """Both sides sound again."""
    for port, silence in session.mutes:
        if port.playing is silence:
            port.stop()
    session.mutes.clear()


COMMANDS = {"uuid_audio": uuid_audio}
