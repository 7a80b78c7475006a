"""``uuid_dump <uuid> [txt|json|xml]``, ``uuid_exists <uuid>``: a channel's facts."""

from __future__ import annotations

from eslapp.softswitch.api import NO_CHANNEL, ApiCall
from eslapp.softswitch.origins import ORIGINS
from eslapp.softswitch.session_events import channel_event


async def dump(call: ApiCall) -> str:
    """The channel as a CHANNEL_DATA event."""
    words = call.words(2)
    if not words:
        return "-USAGE: <uuid> [format]\n"
    session = call.session(words[0])
    if session is None:
        return NO_CHANNEL
    event = channel_event(session, "CHANNEL_DATA", origin=ORIGINS["uuid_dump"])
    form = words[1].lower() if len(words) > 1 else "txt"
    if form == "plain":  # alone it is not percent-encoded
        return event.plain(encode=False).decode("utf-8", "surrogateescape")
    body = {"json": event.json, "xml": event.xml}.get(form, event.plain)()
    return body.decode("utf-8", "surrogateescape")


async def exists(call: ApiCall) -> str:
    """true or false, without a line end."""
    return "true" if call.session(call.text) else "false"


COMMANDS = {"uuid_dump": dump, "uuid_exists": exists}
