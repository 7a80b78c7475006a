"""Event-socket connections as raw frames: an inbound client, and the server that a switch's ``socket`` application
calls.

Nothing is interpreted beyond the framing: a frame is its header block and a body of Content-Length bytes. Not here:
meaning.
"""

from __future__ import annotations

import asyncio
import socket
import struct
from collections.abc import Callable
from dataclasses import dataclass

Seen = Callable[["Wire", str], None]


@dataclass(frozen=True)
class Frame:
    """One frame: ``head`` without the blank line, ``body`` decoded as Latin-1."""

    head: str
    body: str = ""

    def get(self, name: str) -> str:
        for line in self.head.split("\n"):
            key, _, value = line.partition(": ")
            if key == name:
                return value
        return ""


class Wire(asyncio.Protocol):
    """One TCP connection; ``on_frame(wire, frame)`` and ``on_change(wire, "open"|"closed")``."""

    def __init__(self, on_frame: Callable[[Wire, Frame], None], on_change: Seen) -> None:
        self.on_frame, self.on_change = on_frame, on_change
        self.transport: asyncio.Transport | None = None
        self.is_open = False
        self.is_ours = False  # this side closed it
        self._buffer = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport, self.is_open = transport, True
        sock: socket.socket = transport.get_extra_info("socket")
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.on_change(self, "open")

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        while (end := self._buffer.find(b"\n\n")) >= 0:
            head = self._buffer[:end].lstrip(b"\n").decode("latin-1")
            size = int(Frame(head).get("Content-Length") or 0)
            if head.startswith("Event-Name: CHANNEL_DATA"):
                size = 0  # the connect reply carries no length of its own
            if len(self._buffer) < end + 2 + size:
                return
            body = self._buffer[end + 2 : end + 2 + size].decode("latin-1")
            self._buffer = self._buffer[end + 2 + size :]
            self.on_frame(self, Frame(head, body))

    def connection_lost(self, exc: Exception | None) -> None:
        self.is_open = False
        self.on_change(self, "closed")

    def send(self, text: str) -> None:
        if self.transport is not None and self.is_open:
            self.transport.write(text.encode("latin-1"))

    def close(self) -> None:
        self.is_ours = True
        if self.transport is not None:
            self.transport.close()

    def half_close(self) -> None:
        if self.transport is not None:
            self.transport.write_eof()

    def reset(self) -> None:
        """Close with RST, as a killed daemon with unread bytes does."""
        self.is_ours = True
        if self.transport is not None:
            sock: socket.socket = self.transport.get_extra_info("socket")
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self.transport.abort()

    def eof_received(self) -> bool:
        return False
