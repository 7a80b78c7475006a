"""``uuid_send_dtmf``, ``uuid_recv_dtmf``, ``uuid_flush_dtmf``: digits to a phone, and as if from it."""

from __future__ import annotations

from eslapp.softswitch.api import ApiCall
from eslapp.softswitch.keypad import receive_digits, send_digits

USAGE = "-USAGE: <uuid> <dtmf_data>\n"
NO_SESSION = "-ERR Cannot locate session!\n"


async def send(call: ApiCall) -> str:
    """``12@200``: two digits of 200 ms."""
    words = call.words(2)
    if len(words) < 2:
        return USAGE
    session = call.session(words[0])
    if session is None:
        return NO_SESSION
    if not send_digits(session, words[1]):
        return "-ERR Operation failed\n"
    return f"+OK {session.uuid} sent DTMF {words[1]}.\n"


async def receive(call: ApiCall) -> str:
    """The channel's application gets them."""
    words = call.words(2)
    if len(words) < 2:
        return USAGE
    session = call.session(words[0])
    if session is None:
        return NO_SESSION
    if not receive_digits(session, words[1]) and "@" not in words[1]:
        return USAGE
    return f"+OK {session.uuid} received DTMF {words[1]}.\n"


async def flush(call: ApiCall) -> str:
    """Forget the digits nobody took yet."""
    session = call.session(call.text)
    if session is None:
        return "-ERR No such session\n"
    session.digits.clear()
    return "+OK\n"


COMMANDS = {"uuid_send_dtmf": send, "uuid_recv_dtmf": receive, "uuid_flush_dtmf": flush}
