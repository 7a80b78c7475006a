"""WebSocket as SIP needs it (RFC 6455, RFC 7118): the opening handshake and frames, both sides. Pure.

No extensions, one sub-protocol (``sip``), strict limits; anything else is a WebSocketError with the close code due.
Not here: connections (``streams.py``), TLS (a proxy in front does that).

>>> FrameReader(is_server=False).feed(write_frame(TEXT, b"hi"))
[(1, b'hi')]
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import struct

CONTINUATION, TEXT, BINARY, CLOSE, PING, PONG = 0, 1, 2, 8, 9, 10
GUID = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
MAX_HANDSHAKE = 8_192
MAX_FRAGMENTS = 64
PROTOCOL_ERROR, BAD_TEXT, TOO_BIG, NORMAL = 1002, 1007, 1009, 1000


class WebSocketError(ValueError):
    """``code`` is the close code (RFC 6455 7.4.1) the peer gets."""

    def __init__(self, reason: str, code: int = PROTOCOL_ERROR) -> None:
        super().__init__(reason)
        self.code = code


# --- the handshake ---


def accept_key(key: str) -> str:
    """Sec-WebSocket-Accept (RFC 6455 1.3).

    >>> accept_key("dGhlIHNhbXBsZSBub25jZQ==")
    's3pPLMBiTxaQ9kYGzzhZRbK+xOo='
    """
    return base64.b64encode(hashlib.sha1(key.encode() + GUID, usedforsecurity=False).digest()).decode()


def answer_opening(head: bytes) -> tuple[bool, bytes]:
    """(whether the socket is open now, the HTTP answer) for a client's request up to its empty line."""
    lines = head.decode("latin-1").split("\r\n")
    words = lines[0].split(" ")
    fields = _fields(lines[1:])
    if len(words) != 3 or words[0] != "GET" or words[2] != "HTTP/1.1" or fields is None:
        return False, _refusal("400 Bad Request")
    wants = "upgrade" in _tokens(fields, "connection") and "websocket" in _tokens(fields, "upgrade")
    if not wants or fields.get("sec-websocket-version") != "13":
        return False, _refusal("426 Upgrade Required", "Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\n")
    key = fields.get("sec-websocket-key", "")
    if not _is_key(key) or "sip" not in _tokens(fields, "sec-websocket-protocol"):
        return False, _refusal("400 Bad Request")
    answer = (
        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        f"Sec-WebSocket-Accept: {accept_key(key)}\r\nSec-WebSocket-Protocol: sip\r\n\r\n"
    )
    return True, answer.encode()


def opening(host: str, key: str) -> bytes:
    """A client's request."""
    return (
        f"GET / HTTP/1.1\r\nHost: {host}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        f"Sec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Protocol: sip\r\n\r\n"
    ).encode()


def is_accepted(head: bytes, key: str) -> bool:
    """Whether a server's answer opens the socket for SIP."""
    lines = head.decode("latin-1").split("\r\n")
    fields = _fields(lines[1:]) or {}
    is_right = fields.get("sec-websocket-accept") == accept_key(key)
    return lines[0].startswith("HTTP/1.1 101") and is_right and fields.get("sec-websocket-protocol") == "sip"


def _fields(lines: list[str]) -> dict[str, str] | None:
    """Headers by their lower-case name; None when one is no header. Of doubles the values are joined (RFC 9110 5.2)."""
    fields: dict[str, str] = {}
    for line in lines:
        name, colon, value = line.partition(":")
        if not colon or not name or name != name.strip():
            return None
        low = name.lower()
        fields[low] = f"{fields[low]}, {value.strip()}" if low in fields else value.strip()
    return fields


def _tokens(fields: dict[str, str], name: str) -> list[str]:
    return [token.strip().lower() for token in fields.get(name, "").split(",")]


def _is_key(key: str) -> bool:
    try:
        return len(base64.b64decode(key, validate=True)) == 16
    except (binascii.Error, ValueError):
        return False


def _refusal(status: str, more: str = "") -> bytes:
    return f"HTTP/1.1 {status}\r\n{more}Connection: close\r\nContent-Length: 0\r\n\r\n".encode()


# --- frames ---


def write_frame(opcode: int, payload: bytes, mask: bytes = b"") -> bytes:
    """One whole frame; clients give four random bytes as ``mask``."""
    size, bit = len(payload), 0x80 if mask else 0
    if size < 126:
        head = struct.pack("!BB", 0x80 | opcode, bit | size)
    elif size < 65_536:
        head = struct.pack("!BBH", 0x80 | opcode, bit | 126, size)
    else:
        head = struct.pack("!BBQ", 0x80 | opcode, bit | 127, size)
    return head + mask + (_masked(payload, mask) if mask else payload)


def _masked(payload: bytes, mask: bytes) -> bytes:
    size = len(payload)
    key = (mask * (size // 4 + 1))[:size]
    return (int.from_bytes(payload, "big") ^ int.from_bytes(key, "big")).to_bytes(size, "big")


class FrameReader:
    """``feed`` bytes; (opcode, payload) of whole messages and control frames come out, fragments joined."""

    def __init__(self, *, is_server: bool = True, message_bytes: int = 65_535) -> None:
        self._is_server = is_server
        self._limit = message_bytes
        self._buffer = bytearray()
        self._parts: list[bytes] = []
        self._opcode = CONTINUATION  # of the fragmented message under way

    @property
    def is_between(self) -> bool:
        """No message is half here."""
        return not self._buffer and not self._parts

    def feed(self, piece: bytes) -> list[tuple[int, bytes]]:
        """What is whole now. WebSocketError for what the RFC or our limits forbid."""
        self._buffer += piece
        found = []
        while (frame := self._frame()) is not None:
            message = self._join(*frame)
            if message is not None:
                found.append(message)
        return found

    def _frame(self) -> tuple[bool, int, bytes] | None:
        buffer = self._buffer
        if len(buffer) < 2:
            return None
        is_last, opcode, size = bool(buffer[0] & 0x80), buffer[0] & 0x0F, buffer[1] & 0x7F
        is_masked = bool(buffer[1] & 0x80)
        if buffer[0] & 0x70 or is_masked != self._is_server:
            raise WebSocketError("reserved bits, or masked where it must not be")
        if opcode >= CLOSE and (size > 125 or not is_last):
            raise WebSocketError("a control frame that is long or in pieces")
        start = {126: 4, 127: 10}.get(size, 2)
        if len(buffer) < start:
            return None
        if size > 125:
            size = int.from_bytes(buffer[2:start], "big")
        if size + sum(map(len, self._parts)) > self._limit:
            raise WebSocketError("message too large", TOO_BIG)
        end = start + (4 if is_masked else 0) + size
        if len(buffer) < end:
            return None
        payload = bytes(buffer[end - size : end])
        if is_masked and payload:
            payload = _masked(payload, bytes(buffer[start : start + 4]))
        del buffer[:end]
        return is_last, opcode, payload

    def _join(self, is_last: bool, opcode: int, payload: bytes) -> tuple[int, bytes] | None:
        if opcode in (CLOSE, PING, PONG):
            return opcode, payload
        if opcode > BINARY or (opcode == CONTINUATION) != bool(self._opcode):
            raise WebSocketError("an unknown frame, or a piece where none belongs")
        self._opcode = opcode or self._opcode
        self._parts.append(payload)
        if len(self._parts) > MAX_FRAGMENTS:
            raise WebSocketError("too many pieces", TOO_BIG)
        if not is_last:
            return None
        kind, whole = self._opcode, b"".join(self._parts)
        self._parts, self._opcode = [], CONTINUATION
        if kind == TEXT:
            try:
                whole.decode()
            except UnicodeDecodeError:
                raise WebSocketError("text that is not UTF-8", BAD_TEXT) from None
        return kind, whole
