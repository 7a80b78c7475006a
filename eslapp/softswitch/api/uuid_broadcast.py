"""``uuid_broadcast <uuid> <path> [aleg|bleg|both]``: play to a leg, its partner or both; ``app::arg`` runs an app."""

from __future__ import annotations

from eslapp.softswitch.api import ApiCall
from eslapp.softswitch.session import Session


async def uuid_broadcast(call: ApiCall) -> str:
    """See the module."""
    words = call.words(4)
    if len(words) < 2:
        return "-USAGE: <uuid> <path> [aleg|bleg|holdb|both]\n"
    session = call.session(words[0])
    if session is None:
        return "-ERR invalid uuid\n"
    which = words[2].lower() if len(words) > 2 else "aleg"
    is_holding = "holdb" in which or len(words) < 3
    if "aleg" in which or "both" in which:
        queue(session, words[1], is_holding=is_holding)
    if ("bleg" in which or "both" in which) and "holdb" not in which and session.partner is not None:
        queue(session.partner, words[1], is_holding=False, where="COMMAND to the partner")
    return "+OK Message sent\n"


def queue(session: Session, what: str, *, is_holding: bool, where: str = "COMMAND broadcast") -> None:
    """Queue the application behind what was queued before. ``is_holding``: its event says so."""
    name, separator, argument = what.partition("::")
    if not separator:
        name, argument = "playback", what
    name, is_last, cause = name.partition("!") if separator else (name, "", "")
    said = ("lead-frames: 5", *(("hold-bleg: true",) if is_holding else ()))
    session.queue_application(name, argument, said=said, where=where)
    if is_last:  # ``app!cause::arg``: and hang up then
        session.queue_application("hangup", cause or "normal_clearing", where="COMMAND to hang up")


COMMANDS = {"uuid_broadcast": uuid_broadcast}
