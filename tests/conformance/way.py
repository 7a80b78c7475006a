"""How a scripted phone's messages travel: as datagrams, or over one TCP connection that can be cut and opened again.

Not here: what they say (``phone``, ``sip_text``).
"""

from __future__ import annotations

import asyncio
import re
import socket
import struct
from collections.abc import Callable

OnMessage = Callable[[bytes], None]
Place = tuple[str, int]
_LENGTH = re.compile(rb"\r\n(?:content-length|l)[ \t]*:[ \t]*([0-9]+)", re.IGNORECASE)


class Datagrams(asyncio.DatagramProtocol):
    """UDP."""

    name = "UDP"

    def __init__(self, switch: Place, on_message: OnMessage) -> None:
        self._switch, self._on_message = switch, on_message
        self._transport: asyncio.DatagramTransport | None = None

    async def open(self, address: str) -> int:
        """The local port."""
        loop = asyncio.get_running_loop()
        self._transport, _ = await loop.create_datagram_endpoint(lambda: self, (address, 0))
        return int(self._transport.get_extra_info("sockname")[1])

    def datagram_received(self, data: bytes, addr: Place) -> None:
        self._on_message(data)

    def send(self, data: bytes) -> None:
        assert self._transport is not None
        self._transport.sendto(data, self._switch)

    def close(self) -> None:
        if self._transport is not None:
            self._transport.close()


class Stream(asyncio.Protocol):
    """TCP; ``reconnect`` resets the connection and opens another one from the same port."""

    name = "TCP"

    def __init__(self, switch: Place, on_message: OnMessage) -> None:
        self._switch, self._on_message = switch, on_message
        self._transport: asyncio.Transport | None = None
        self._local: Place = ("", 0)
        self._buffer = b""
        self._waiting: list[bytes] = []
        self._opening: asyncio.Task[None] | None = None

    async def open(self, address: str) -> int:
        """The local port."""
        self._local = self._local if self._local[1] else (address, 0)
        loop = asyncio.get_running_loop()
        await loop.create_connection(lambda: self, *self._switch, local_addr=self._local)
        assert self._transport is not None
        self._local = self._transport.get_extra_info("sockname")[:2]
        for data in self._waiting:
            self._transport.write(data)
        self._waiting.clear()
        return self._local[1]

    def reconnect(self) -> None:
        self.cut()
        self._opening = asyncio.ensure_future(self._open_again())

    async def _open_again(self) -> None:
        await asyncio.sleep(0)  # the reset goes out first
        await self.open(self._local[0])

    def cut(self) -> None:
        if self._transport is not None:
            opened: socket.socket = self._transport.get_extra_info("socket")
            opened.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self._transport.abort()
        self._transport, self._buffer = None, b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        while (end := self._buffer.lstrip(b"\r\n").find(b"\r\n\r\n")) >= 0:
            self._buffer = self._buffer.lstrip(b"\r\n")
            length = _LENGTH.search(self._buffer[: end + 2])
            whole = end + 4 + (int(length[1]) if length else 0)
            if len(self._buffer) < whole:
                return
            message, self._buffer = self._buffer[:whole], self._buffer[whole:]
            self._on_message(message)

    def send(self, data: bytes) -> None:
        if self._transport is None:
            self._waiting.append(data)
        else:
            self._transport.write(data)

    def close(self) -> None:
        if self._opening is not None:
            self._opening.cancel()
        if self._transport is not None:
            self._transport.close()
