"""The event socket's commands: a table from the first words to a function that gives the reply.

Owns: which command is allowed when (before auth, outbound without ``full``), and every reply text.
Not here: API commands (``softswitch.api``), what a message does to a channel (``softswitch.waiting``).
"""

from __future__ import annotations

import hmac
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

from eslapp.softswitch.api import NOTHING
from eslapp.softswitch.event_socket.framing import Command, api_response, reply
from eslapp.softswitch.events import Event
from eslapp.softswitch.loglines import DEBUG, level_of
from eslapp.softswitch.messages import Message
from eslapp.softswitch.numbers import leading_number
from eslapp.softswitch.origins import EVENT_NAMES, ORIGINS
from eslapp.softswitch.variables import is_true

if TYPE_CHECKING:
    from eslapp.softswitch.event_socket.connection import Connection

Answer = bytes | Awaitable[bytes]
Handler = Callable[["Connection", Command, str], Answer]

NOT_FOUND = reply("-ERR command not found")


def run(connection: Connection, command: Command) -> Answer:
    """Find the command by the beginning of its line, as FreeSWITCH does, and run it."""
    line = command.line
    low = line.lower()
    for prefix, handler, audience in TABLE:
        if low.startswith(prefix) and _is_allowed(connection, audience):
            return handler(connection, command, line[len(prefix) :])
    return NOT_FOUND


def _is_allowed(connection: Connection, audience: str) -> bool:
    if audience == "anybody":
        return True
    if audience == "stranger":
        return not connection.is_authorised
    if not connection.is_authorised:
        return False
    if audience == "in control":
        return connection.session is not None
    return audience == "known" or connection.is_full


def _exit(connection: Connection, _command: Command, _rest: str) -> bytes:
    connection.send(reply("+OK bye"))
    connection.leave()
    return b""


def _auth(connection: Connection, _command: Command, rest: str) -> bytes:
    password = connection.switch.conf.esl_password.encode("utf-8", "surrogateescape")
    if hmac.compare_digest(rest.encode("utf-8", "surrogateescape"), password):
        connection.is_authorised = True
        return reply("+OK accepted")
    return _refuse(connection)


def _userauth(connection: Connection, _command: Command, _rest: str) -> bytes:
    return _refuse(connection)


def _refuse(connection: Connection) -> bytes:
    connection.guessed()
    connection.send(reply("-ERR invalid"))
    connection.leave()
    return b""


async def _api(connection: Connection, _command: Command, rest: str) -> bytes:
    name, _, text = rest.partition(" ")
    return api_response(await connection.switch.call_api(name, text))


def _bgapi(connection: Connection, command: Command, rest: str) -> bytes:
    job = command.get("Job-UUID") or connection.switch.new_uuid()
    name, _, text = rest.partition(" ")
    connection.switch.background(_job(connection, job, name, text), f"bgapi {name}")
    return reply(f"+OK Job-UUID: {job}", ("Job-UUID", job))


async def _job(connection: Connection, job: str, name: str, text: str) -> None:
    switch = connection.switch
    owner = connection.session.uuid if connection.session is not None else ""
    answer = await switch.call_api(name, text)
    headers = [("Job-UUID", job), ("Job-Owner-UUID", owner), ("Job-Command", name), ("Job-Command-Arg", text)]
    switch.fire("BACKGROUND_JOB", headers, "" if answer == NOTHING else answer)


def _event(connection: Connection, _command: Command, rest: str) -> bytes:
    wish = connection.wish
    words = wish.take_format(_words(rest))
    if not wish.subscribe(words):
        return reply("-ERR no keywords supplied")
    return reply(f"+OK event listener enabled {wish.form}")


def _words(rest: str) -> list[str]:
    """Every blank divides, and what is glued to the command is no word."""
    return rest.split(" ")[1:]


def _nixevent(connection: Connection, _command: Command, rest: str) -> bytes:
    if not connection.wish.unsubscribe(_words(rest)):
        return reply("-ERR no keywords supplied")
    return reply("+OK events nixed")


def _noevents(connection: Connection, _command: Command, _rest: str) -> bytes:
    if not connection.wish.is_listening:
        return reply("-ERR not listening for events")
    connection.wish.clear()
    connection.drop_events()
    return reply("+OK no longer listening for events")


def _myevents(connection: Connection, _command: Command, rest: str) -> bytes:
    if connection.session is None and not rest.startswith(" "):
        return NOT_FOUND
    if connection.wish.mine:
        return reply("-ERR aready enabled.")
    if connection.session is None:
        uuid, _, form = rest[1:].partition(" ")
        connection.control(connection.switch.locate(uuid))
        if connection.session is None and form:
            return reply("-ERR invalid uuid")
        rest = uuid  # FreeSWITCH reads no further: events keep their form
    for form in ("xml", "json"):
        if form in rest or form.upper() in rest:
            connection.wish.form = form
    connection.wish.follow(connection.session.uuid if connection.session is not None else "")
    return reply("+OK Events Enabled")


def _filter(connection: Connection, _command: Command, rest: str) -> bytes:
    """One blank ends the header's name; all that follows is the value, blanks too."""
    verb, blank, text = rest.lstrip(" ").partition(" ")
    if not blank:
        return reply("-ERR invalid syntax")
    if verb.lower() in ("add", "delete"):
        header, blank, value = text.partition(" ")
    else:
        header, value = verb, text
    if verb.lower() == "delete":
        connection.wish.delete_filter(header, value)
        return reply(f"+OK filter deleted. [{header}][{value}]")
    if blank and not connection.wish.add_filter(header, value):
        return reply("-ERR too many filters")
    return reply(f"+OK filter added. [{header}]=[{value if blank else '(null)'}]")


def _linger(connection: Connection, _command: Command, rest: str) -> bytes:
    if connection.session is None:
        return reply("-ERR not controlling a session")
    seconds = leading_number(rest[1:]) if rest.startswith(" ") and rest[1:] else -1
    connection.linger(seconds)
    return reply("+OK will linger" if seconds == -1 else f"+OK will linger {seconds} seconds")


def _nolinger(connection: Connection, _command: Command, _rest: str) -> bytes:
    if connection.session is None:
        return reply("-ERR not controlling a session")
    connection.linger_s = None
    return reply("+OK will not linger")


def _sendevent(connection: Connection, command: Command, rest: str) -> bytes:
    switch = connection.switch
    uuid = switch.new_uuid()
    name = rest.strip().upper()
    name = name if name in EVENT_NAMES else "CUSTOM"
    subclass = command.get("Event-Subclass") if name == "CUSTOM" else ""
    own = [(key, value) for key, value in command.headers if key.lower() != "event-subclass"]
    headers = [("Event-Subclass", subclass), ("Command", command.line.strip()), *own, ("Event-UUID", uuid)]
    core = switch.core_headers(name, ORIGINS["sendevent"])
    switch.bus.publish(Event([*headers, *core], command.body))
    return reply(f"+OK {uuid}")


def _sendmsg(connection: Connection, command: Command, rest: str) -> Answer:
    uuid = rest.strip() or command.get("session-id")
    session = connection.switch.sessions.get(uuid) if uuid else connection.session
    if session is None:
        return reply(f"-ERR invalid session id [{uuid}]")
    told = [] if rest.strip() else [*(f"{key}: {value}" for key, value in command.headers), "", ""]
    said = ("Command", "\n".join([command.line, *told]))  # an id ends it, as in FreeSWITCH
    message = Message({key.lower(): value for key, value in command.headers}, command.body, [said, *command.headers])
    is_async = connection.is_async or is_true(message.get("async")) or session is not connection.session
    if not is_async:
        return connection.run_here(message)
    if session.is_up and not session.queue(message):
        return reply("-ERR memory error")
    return reply("+OK")


def _connect(connection: Connection, _command: Command, _rest: str) -> bytes:
    return connection.describe()


def _getvar(connection: Connection, _command: Command, rest: str) -> bytes:
    session = connection.session
    value = session.get(rest[1:]) if session is not None and rest.startswith(" ") else None
    return reply(value) if value else NOT_FOUND


def _resume(connection: Connection, _command: Command, _rest: str) -> bytes:
    if connection.session is not None:
        connection.session.variables.set("socket_resume", "true")
    return reply("+OK")


def _divert(connection: Connection, _command: Command, rest: str) -> bytes:
    if connection.session is None:
        return reply("-ERR not controlling a session.")
    word = rest.strip().lower()
    if not word:
        return reply("-ERR missing value.")
    return reply("+OK events diverted" if word == "on" else "+OK events not diverted")


def _log(connection: Connection, _command: Command, rest: str) -> bytes:
    word = rest.lstrip(" ").partition(" ")[0]
    level = level_of(word) if word else DEBUG
    if level is None:
        return reply("-ERR invalid log level")
    connection.switch.log_lines.readers[connection] = level
    return reply(f"+OK log level {word} [{level}]")


def _nolog(connection: Connection, _command: Command, _rest: str) -> bytes:
    if connection.switch.log_lines.readers.pop(connection, None) is None:
        return reply("-ERR not loging")
    return reply("+OK no longer logging")


TABLE: tuple[tuple[str, Handler, str], ...] = (
    ("exit", _exit, "anybody"),
    ("...", _exit, "anybody"),
    ("auth ", _auth, "stranger"),
    ("userauth ", _userauth, "stranger"),
    ("connect", _connect, "in control"),
    ("getvar", _getvar, "in control"),
    ("resume", _resume, "in control"),
    ("myevents", _myevents, "known"),
    ("filter ", _filter, "known"),
    ("sendmsg", _sendmsg, "known"),
    ("divert_events", _divert, "known"),
    ("sendevent", _sendevent, "full"),
    ("api ", _api, "full"),
    ("bgapi ", _bgapi, "full"),
    ("event", _event, "full"),
    ("nixevent", _nixevent, "full"),
    ("noevents", _noevents, "full"),
    ("linger", _linger, "full"),
    ("nolinger", _nolinger, "full"),
    ("nolog", _nolog, "full"),
    ("log", _log, "full"),
)
