"""``uuid_audio <uuid> [start [read|write] [mute|level <level>]|stop]``: mute what a channel says or hears."""

from __future__ import annotations

from eslapp.softswitch.api import NO_CHANNEL, ApiCall
from eslapp.softswitch.media.sources import SilenceSource
from eslapp.softswitch.session import Session

USAGE = "-USAGE: <uuid> [start [read|write] [mute|level <level>]|stop]\n"


async def uuid_audio(call: ApiCall) -> str:
    """Levels other than mute are taken and change nothing."""
    words = [word.lower() for word in call.words()]
    if len(words) < 2:
        return USAGE
    session = call.session(words[0])
    if session is None:
        return NO_CHANNEL
    if words[1] == "stop":
        unmute(session)
        return "+OK\n"
    if words[1] != "start" or len(words) < 5 or words[2] not in ("read", "write") or words[3] not in ("mute", "level"):
        return USAGE  # FreeSWITCH wants a number behind "mute" as well
    unmute(session)
    if words[3] == "mute":
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
