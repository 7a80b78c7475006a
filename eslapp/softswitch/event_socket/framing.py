"""Cuts what a controller sends into commands, however TCP split it. Pure.

>>> reader = CommandReader()
>>> reader.feed(b"api ech"), [command.line for command in reader.feed(b"o x\\n\\nexit\\n\\n")]
([], ['api echo x', 'exit'])
"""

from __future__ import annotations

from dataclasses import dataclass, field

from eslapp.softswitch.numbers import whole

MAX_HEAD = 1024 * 1024
MAX_BODY = 4 * 1024 * 1024


class Oversized(Exception):
    """More than anybody needs to say: the connection is closed."""


@dataclass
class Command:
    """One command: its first line, the header lines below it, a body."""

    line: str
    headers: list[tuple[str, str]] = field(default_factory=list)
    body: str = ""

    def get(self, name: str) -> str:
        """A header's value; names compare without case; the first one counts."""
        wanted = name.lower()
        return next((value for key, value in self.headers if key.lower() == wanted), "")


class CommandReader:
    """Feed it bytes, take commands."""

    def __init__(self) -> None:
        self._buffer = bytearray()
        self._waiting: Command | None = None
        self._wanted = 0
        self._searched = 0

    @property
    def held(self) -> int:
        """Bytes of a command that is not whole yet."""
        return len(self._buffer)

    def feed(self, data: bytes) -> list[Command]:
        """Everything complete so far. Oversized when a head or a body exceeds its limit."""
        self._buffer += data
        found: list[Command] = []
        while (command := self._next()) is not None:
            if command.line:
                found.append(command)
        return found

    def _next(self) -> Command | None:
        if self._waiting is None and not self._read_head():
            return None
        command = self._waiting
        assert command is not None
        if len(self._buffer) < self._wanted:
            return None
        if self._wanted:
            command.body = self._buffer[: self._wanted].decode("utf-8", "surrogateescape")
            del self._buffer[: self._wanted]
        self._waiting, self._wanted = None, 0
        return command

    def _read_head(self) -> bool:
        end = self._buffer.find(b"\n\n", max(0, self._searched - 1))
        width = 2
        carriage = self._buffer.find(b"\n\r\n", max(0, self._searched - 2), end if end >= 0 else len(self._buffer))
        if carriage >= 0:
            end, width = carriage, 3
        if end < 0:
            self._searched = len(self._buffer)
            if self._searched > MAX_HEAD:
                raise Oversized(f"a command is longer than {MAX_HEAD} bytes")
            return False
        text = bytes(self._buffer[:end]).decode("utf-8", "surrogateescape")
        del self._buffer[: end + width]
        self._searched = 0
        self._waiting = parse_head(text)
        length = self._waiting.get("content-length")
        self._wanted = whole(length, MAX_BODY + 1 if length.isascii() and length.isdecimal() else 0)
        if self._wanted > MAX_BODY:
            raise Oversized(f"a body is longer than {MAX_BODY} bytes")
        return True


def parse_head(text: str) -> Command:
    """The first line and the ``Name: value`` lines; lines without a colon are dropped."""
    lines = [line.rstrip("\r") for line in text.lstrip("\r\n").split("\n")]
    command = Command(lines[0])
    for line in lines[1:]:
        name, colon, value = line.partition(":")
        if colon and name:
            command.headers.append((name, value.lstrip(" ")))
    return command


def reply(text: str, *more: tuple[str, str]) -> bytes:
    """``Content-Type: command/reply`` with its text."""
    lines = ["Content-Type: command/reply", f"Reply-Text: {text}", *(f"{name}: {value}" for name, value in more)]
    return ("\n".join(lines) + "\n\n").encode("utf-8", "surrogateescape")


def api_response(text: str) -> bytes:
    """``Content-Type: api/response`` with its body; nothing is added to the body."""
    body = text.encode("utf-8", "surrogateescape")
    return b"Content-Type: api/response\nContent-Length: %d\n\n" % len(body) + body


GOODBYE = b"Disconnected, goodbye.\nSee you at ClueCon! http://www.cluecon.com/\n"


def disconnect_notice(uuid: str = "", *, channel_name: str = "", linger_s: int | None = None) -> bytes:
    """The notice before a close; with ``linger_s`` (-1: for ever) the one that says the socket stays for now."""
    lines = ["Content-Type: text/disconnect-notice"]
    if uuid:
        lines.append(f"Controlled-Session-UUID: {uuid}")
    if linger_s is not None:
        lines += ["Content-Disposition: linger", f"Channel-Name: {channel_name}", f"Linger-Time: {linger_s}"]
        lines.append("Content-Length: 0")
        return ("\n".join(lines) + "\n\n").encode("utf-8", "surrogateescape")
    if uuid:
        lines.append("Content-Disposition: disconnect")
    lines.append(f"Content-Length: {len(GOODBYE)}")
    return ("\n".join(lines) + "\n\n").encode("utf-8", "surrogateescape") + GOODBYE
