"""``uuid_record <uuid> [start|stop|pause|resume|mask|unmask] <path> [<limit>]``: record a live call."""

from __future__ import annotations

from eslapp.softswitch.api import ApiCall
from eslapp.softswitch.numbers import leading_number
from eslapp.softswitch.session import Session

USAGE = "-USAGE: <uuid> [start|stop|mask|unmask] <path> [<limit>] [<recording_vars>]\n"
SUCCESS = "+OK Success\n"


async def uuid_record(call: ApiCall) -> str:
    """See the module."""
    words = call.words(5)
    if len(words) < 3:
        return USAGE
    session = call.session(words[0])
    if session is None:
        return "-ERR Cannot locate session!\n"
    limit = leading_number(words[3]) if len(words) > 3 else 0
    return await _do(session, words[1].lower(), words[2], limit)


async def _do(session: Session, verb: str, path: str, limit_s: int) -> str:
    recordings = session.switch.recordings
    if verb == "start":
        return SUCCESS if recordings.start(session, path, limit_s) else "-ERR Cannot record session!\n"
    if verb == "stop":
        return SUCCESS if await recordings.stop(session, path) else "-ERR Cannot stop record session!\n"
    if verb in ("pause", "resume"):
        is_done = recordings.pause(session, path, is_paused=verb == "pause")
        return SUCCESS if is_done else f"-ERR Cannot {verb} recording session!\n"
    if verb in ("mask", "unmask"):
        is_done = recordings.mask(session, path, is_masked=verb == "mask")
        return SUCCESS if is_done else f"-ERR Cannot {verb} recording session!\n"
    return USAGE


COMMANDS = {"uuid_record": uuid_record}
