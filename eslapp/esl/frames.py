"""Framing of the event socket: bytes to messages, each with its headers and exactly its own bytes of body.

Owns: where one message ends and the next begins. Not here: what is in it (``codec``), sockets (``reliable``).

>>> FrameReader().feed(b"Content-Type: api/response\\nContent-Length: 3\\n\\n+OK")[0].body
b'+OK'
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

MAX_HEADER_BYTES = 1 << 20  # a connect reply of a call with many long variables is about 20 KB
MAX_BODY_BYTES = 32 << 20  # "show channels as json" of 20,000 channels
_EVENT_HEAD = re.compile(rb"Content-Length: ([0-9]{1,7})\nContent-Type: text/event-(json|plain)\n\n")
_EVENT_HEADERS = {kind: {"Content-Type": f"text/event-{kind.decode()}"} for kind in (b"json", b"plain")}


class ProtocolError(ValueError):
    """The stream can no longer be framed: the connection must be dropped."""


@dataclass(slots=True)
class Frame:
    """One message: raw header values (not percent-decoded) and exactly ``Content-Length`` bytes of body.

    The headers of events are shared between frames (and leave the length out): not to be changed.
    """

    headers: dict[str, str]
    body: bytes = b""

    @property
    def kind(self) -> str:
        return self.headers.get("Content-Type", "")


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
        self._start = 0  # within one ``feed``: what lies before is done with
        self._scanned = 0  # no header block ends before here

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
            while self._headers is not None or self._read_head():
                frame = self._read_body()
                if frame is None:
                    break
                frames.append(frame)
        except ProtocolError as error:
            self.error = error
            self._start = len(self._buffer)
        del self._buffer[: self._start]
        self._scanned = max(0, self._scanned - self._start)
        self._start = 0
        return frames

    def _read_body(self) -> Frame | None:
        end = self._start + self._wanted
        if self._headers is None or len(self._buffer) < end:
            return None
        frame = Frame(self._headers, bytes(self._buffer[self._start : end]))
        self._start = end
        self._headers = None
        return frame

    def _read_head(self) -> bool:
        """Read the next header block; False where it is not complete yet."""
        usual = _EVENT_HEAD.match(self._buffer, self._start)
        if usual:  # nearly every frame: worth a short cut
            self._headers = _EVENT_HEADERS[usual[2]]
            self._wanted = int(usual[1])
            self._start = usual.end()
            return True
        while self._buffer.startswith(b"\n", self._start):  # stray blank lines mean nothing
            self._start += 1
        end = self._buffer.find(b"\n\n", max(self._start, self._scanned - 1))
        if end < 0:
            self._scanned = len(self._buffer)
            if len(self._buffer) - self._start > MAX_HEADER_BYTES:
                raise ProtocolError(f"a header block is longer than {MAX_HEADER_BYTES} bytes")
            return False
        self._headers = read_headers(bytes(self._buffer[self._start : end]))
        self._wanted = _body_length(self._headers)
        self._start = end + 2
        return True


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
