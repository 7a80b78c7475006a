"""What is written to the socket: the text of a message around an application or an api line, and its bytes.

Owns: the form of ``sendmsg`` and ``bgapi``, and the last check that one message is one message.
Not here: what they carry (``commands``).

>>> message_bytes("api version")
b'api version\\n\\n'
"""

from __future__ import annotations

from . import doors
from .commands import App
from .doors import CommandError


def execute_message(app: App, order: str, *, lock: bool = True) -> str:
    """``sendmsg`` for one application. ``order`` comes back as ``Application-UUID`` of its events.

    ``lock``: what is sent later waits until this application is over (otherwise the switch nests it inside).
    """
    lines = [
        "sendmsg",
        "call-command: execute",
        f"execute-app-name: {doors.variable_name(app.name, 'app')}",
        f"Event-UUID: {doors.leg(order, 'order')}",
    ]
    if lock:
        lines.append("event-lock: true")
    if app.arg:
        lines.append(f"execute-app-arg: {doors.line(app.arg, 'arg')}")
    return "\n".join(lines)


def job_message(line: str, job: str) -> str:
    """``bgapi`` with our own id for the job, so that its result can be awaited before it is sent."""
    return f"bgapi {doors.line(line)}\nJob-UUID: {doors.leg(job, 'job')}"


def message_bytes(message: str) -> bytes:
    """What goes on the wire: the message and the blank line that ends it, which it must not hold itself."""
    if "\n\n" in message or message.strip("\n") != message or "\r" in message or "\0" in message or not message:
        raise CommandError(f"message: {message[:40]!r} would be read as more than one command")
    try:
        return message.encode() + b"\n\n"
    except UnicodeEncodeError:
        raise CommandError(f"message: {message[:40]!r} holds half a character") from None
