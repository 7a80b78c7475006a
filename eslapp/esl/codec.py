"""The wire format of the event socket: bytes to frames, frames to events. Nothing here trusts a byte.

Owns: framing (``FrameReader``), the two event formats in use and the ``connect`` reply.
Not here: what an event means (``switch_events``), sockets (``reliable``).

Why this is not greenswitch's parser: values are percent-encoded by the switch, so a block is split at ``\\n`` FIRST
and each value decoded after; names are never encoded by the switch, so a name holding ``%`` is dropped; of two
headers with one name the first counts (the switch writes its own before a sender's); bodies are kept apart from
headers; bytes that are no UTF-8 become U+FFFD instead of an exception.

>>> FrameReader().feed(b"Content-Type: api/response\\nContent-Length: 3\\n\\n+OK")[0].body
b'+OK'
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from urllib.parse import unquote

MAX_HEADER_BYTES = 1 << 20  # a connect reply of a call with many long variables is about 20 KB
MAX_BODY_BYTES = 32 << 20  # "show channels as json" of 20,000 channels
_VARIABLE = "variable_"
_ALL_TEXT = {str}


class ProtocolError(ValueError):
    """The stream can no longer be framed: the connection must be dropped."""


@dataclass(frozen=True, slots=True)
class Frame:
    """One message: raw header values (not percent-decoded) and exactly ``Content-Length`` bytes of body."""

    headers: dict[str, str]
    body: bytes = b""

    @property
    def kind(self) -> str:
        return self.headers.get("Content-Type", "")


@dataclass(frozen=True, slots=True)
class Event:
    """An event or a channel dump: decoded headers and an unparsed body."""

    headers: dict[str, str] = field(default_factory=dict)
    body: str = ""

    @property
    def name(self) -> str:
        """``Event-Name``, or ``""``: FreeSWITCH does send events without one."""
        return self.headers.get("Event-Name", "")

    @property
    def subclass(self) -> str:
        return self.headers.get("Event-Subclass", "")

    @property
    def uuid(self) -> str:
        """The leg the event is about, ``""`` where it is about none."""
        return self.headers.get("Unique-ID", "")

    @property
    def data(self) -> str:
        """greenswitch's name for the body."""
        return self.body

    def get(self, name: str, default: str = "") -> str:
        return self.headers.get(name, default)

    def variable(self, name: str, default: str = "") -> str:
        return self.headers.get(_VARIABLE + name, default)

    def variables(self) -> dict[str, str]:
        """All channel variables of the event, without their prefix."""
        cut = len(_VARIABLE)
        return {name[cut:]: value for name, value in self.headers.items() if name.startswith(_VARIABLE)}


class FrameReader:
    """Collects bytes and gives out complete frames.

    Where framing is lost (no sane ``Content-Length``, an endless header block) ``error`` says why and nothing more is
    read: the caller handles the frames it got and drops the connection.
    """

    def __init__(self) -> None:
        self.error: ProtocolError | None = None
        self._buffer = bytearray()
        self._headers: dict[str, str] | None = None  # of the frame whose body is not complete yet
        self._wanted = 0
        self._scanned = 0

    @property
    def is_between_frames(self) -> bool:
        """False where an end of the stream now would cut a message."""
        return self._headers is None and not self._buffer

    def feed(self, data: bytes) -> list[Frame]:
        """The frames completed by ``data``, in order."""
        frames: list[Frame] = []
        if self.error is not None:
            return frames
        self._buffer += data
        try:
            while (frame := self._next()) is not None:
                frames.append(frame)
        except ProtocolError as error:
            self.error = error
            self._buffer.clear()
        return frames

    def _next(self) -> Frame | None:
        if self._headers is None:
            self._headers = self._head()
        if self._headers is None or len(self._buffer) < self._wanted:
            return None
        frame = Frame(self._headers, bytes(self._buffer[: self._wanted]))
        del self._buffer[: self._wanted]
        self._headers = None
        return frame

    def _head(self) -> dict[str, str] | None:
        while self._buffer[:1] == b"\n":  # stray blank lines mean nothing
            del self._buffer[:1]
            self._scanned = 0
        end = self._buffer.find(b"\n\n", max(0, self._scanned - 1))
        if end < 0:
            self._scanned = len(self._buffer)
            if self._scanned > MAX_HEADER_BYTES:
                raise ProtocolError(f"a header block is longer than {MAX_HEADER_BYTES} bytes")
            return None
        headers = read_headers(bytes(self._buffer[:end]))
        del self._buffer[: end + 2]
        self._scanned = 0
        self._wanted = _body_length(headers)
        return headers


def _body_length(headers: dict[str, str]) -> int:
    text = headers.get("Content-Length", "0").strip()
    if not (text.isascii() and text.isdigit() and len(text) < 10):
        raise ProtocolError(f"Content-Length is {text[:40]!r}, not a number")
    if int(text) > MAX_BODY_BYTES:
        raise ProtocolError(f"a body of {text} bytes is larger than {MAX_BODY_BYTES}")
    return int(text)


def _lines(block: bytes) -> Iterator[tuple[str, str]]:
    for line in block.decode("utf-8", "replace").split("\n"):
        name, colon, value = line.partition(":")
        if colon and name and "%" not in name:
            yield name, value[1:] if value[:1] == " " else value


def read_headers(block: bytes) -> dict[str, str]:
    """``Name: value`` lines as they are; the first of equal names counts; lines without a colon are dropped."""
    headers: dict[str, str] = {}
    for name, value in _lines(block):
        headers.setdefault(name, value)
    return headers


def decode_headers(raw: dict[str, str]) -> dict[str, str]:
    """Percent-decode the values (each on its own, so nothing decoded can become a header)."""
    return {name: unquote(value, "utf-8", "replace") if "%" in value else value for name, value in raw.items()}


def parse_connect(frame: Frame) -> Event:
    """The reply to ``connect``: the channel's dump sits in the headers of the reply itself."""
    return Event(decode_headers(frame.headers), frame.body.decode("utf-8", "replace"))


def parse_event_plain(body: bytes) -> Event:
    """An event in ``plain`` format. A body inside it is never read as headers, whatever it holds."""
    block, _, rest = body.partition(b"\n\n")
    headers = decode_headers(read_headers(block))
    length = headers.get("Content-Length", "")
    if length.isascii() and length.isdigit():
        rest = rest[: int(length)]
    return Event(headers, rest.decode("utf-8", "replace"))


def parse_event_json(body: bytes) -> Event:
    """An event in ``json`` format. Raises ``ValueError`` where it is no JSON object."""
    fields = json.loads(body.decode("utf-8", "replace"), strict=False)
    if type(fields) is not dict:
        raise ValueError("an event is no JSON object")
    text = fields.pop("_body", "")
    if set(map(type, fields.values())) - _ALL_TEXT:
        fields = {name: _flat(value) for name, value in fields.items()}
    return Event(fields, _flat(text))


def _flat(value: object) -> str:
    """Arrays the way the plain format writes them; anything else that is no text as JSON."""
    if isinstance(value, str):
        return value
    if isinstance(value, list):
        return "ARRAY::" + "|:".join(map(_flat, value))
    return json.dumps(value)


def parse_event(frame: Frame) -> Event | None:
    """The event of a ``text/event-*`` frame, ``None`` for any other. ``ValueError``: not readable, to be skipped."""
    if frame.kind == "text/event-json":
        return parse_event_json(frame.body)
    if frame.kind == "text/event-plain":
        return parse_event_plain(frame.body)
    return None
