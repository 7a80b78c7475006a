"""``uuid_send_info <uuid> [<mime_type> <mime_subtype>] <message>``: a SIP INFO in the channel's dialog."""

from __future__ import annotations

from eslapp.softswitch.api import ApiCall

USAGE = "-USAGE: <uuid> [<mime_type> <mime_subtype>] <message>\n"
FAILED = "-ERR Operation Failed\n"
WANTED = "fs_send_unsupported_info"  # a variable: send it though the phone did not say that it understands
UNTYPED = "freeswitch/data"


async def uuid_send_info(call: ApiCall) -> str:
    """Sent on an answered channel whose variable wants it; what the other side says to it changes nothing."""
    words = call.words(4)
    if len(words) in (0, 3):
        return USAGE + FAILED
    session = call.session(words[0])
    if session is None:
        return FAILED
    kind, body = ("/".join(words[1:3]), words[3]) if len(words) > 3 else (UNTYPED, words[1] if words[1:] else "")
    if session.call is not None and session.variables.get(WANTED) == "true":
        session.call.send_request("INFO", [("Content-Type", kind)], body.encode())
    return "+OK Success\n"


COMMANDS = {"uuid_send_info": uuid_send_info}
