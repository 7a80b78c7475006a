"""Cuts a byte stream into SIP messages by their Content-Length (RFC 3261 18.3), keep-alives included. Pure.

Not here: what a message means (``message.py``), connections (``streams.py``), WebSocket frames (``websocket.py``).

>>> StreamFramer().feed(b"\\r\\n\\r\\nA sip:b SIP/2.0\\r\\nl: 2\\r\\n\\r\\nhiB")
[b'', b'A sip:b SIP/2.0\\r\\nl: 2\\r\\n\\r\\nhi']
"""

from __future__ import annotations

PING = b"\r\n\r\n"
PONG = b"\r\n"
LENGTH_NAMES = (b"content-length", b"l")


class FramingError(ValueError):
    """Where the next message begins cannot be known any more: the connection must be closed."""


class StreamFramer:
    """``feed`` bytes in any pieces; whole messages come out, ``b""`` for a keep-alive that wants an answer."""

    def __init__(self, message_bytes: int = 65_535) -> None:
        self._limit = message_bytes
        self._buffer = bytearray()
        self._seen = 0  # searched so far for the end of the headers
        self._wanted = 0  # length of the message under way, 0 while its headers are not whole

    @property
    def is_between(self) -> bool:
        """No message is half here."""
        return not self._buffer.strip(b"\r\n")

    def feed(self, piece: bytes) -> list[bytes]:
        """All that is whole now. FramingError: too long, or a length that is missing, double or no number."""
        self._buffer += piece
        found = []
        while (message := self._next()) is not None:
            found.append(message)
        return found

    def _next(self) -> bytes | None:
        buffer = self._buffer
        if not self._wanted:
            if buffer.startswith(PING):
                del buffer[:4]
                return b""
            while buffer.startswith(PONG) and len(buffer) > 2 and not buffer.startswith(b"\r\n\r"):
                del buffer[:2]  # a pong, or a line end somebody put behind a body
            if buffer.startswith(b"\r"):
                if not PING.startswith(buffer):
                    raise FramingError("a bare carriage return")
                return None
            self._wanted = self._measure()
        if not self._wanted or len(buffer) < self._wanted:
            return None
        message = bytes(buffer[: self._wanted])
        del buffer[: self._wanted]
        self._wanted = self._seen = 0
        return message

    def _measure(self) -> int:
        """Length of the message at the front; 0 while its headers are not whole."""
        end = self._buffer.find(b"\r\n\r\n", self._seen)
        if end < 0:
            self._seen = max(0, len(self._buffer) - 3)
            if len(self._buffer) > self._limit:
                raise FramingError("the headers do not end")
            return 0
        size = end + 4 + content_length(bytes(self._buffer[:end]))
        if size > self._limit:
            raise FramingError("message too large")
        return size


def content_length(head: bytes) -> int:
    """What the headers say; FramingError unless they say it once, in digits: two readings would be two messages."""
    values: list[bytes] = []
    is_length = False
    for line in head.split(b"\r\n")[1:]:
        if line[:1] in (b" ", b"\t"):
            if is_length:
                values[-1] = (values[-1] + b" " + line.strip()).strip()
            continue
        name, _, value = line.partition(b":")
        is_length = name.rstrip(b" \t").lower() in LENGTH_NAMES
        if is_length:
            values.append(value.strip())
    if len(values) != 1 or not values[0].isdigit() or len(values[0]) > 9:
        raise FramingError("Content-Length is missing, double or no number")
    return int(values[0])
