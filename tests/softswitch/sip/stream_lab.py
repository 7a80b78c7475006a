"""Bare TCP and WebSocket connections to a stack, and a peer that speaks SIP by hand over them."""

from __future__ import annotations

import asyncio
import base64
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from sip_lab import Desk, Peer, stack

from eslapp.softswitch.sip import websocket
from eslapp.softswitch.sip.framing import StreamFramer
from eslapp.softswitch.sip.message import parse
from eslapp.softswitch.sip.stack import SipStack

OPTIONS = (
    "OPTIONS sip:h@127.0.0.1 SIP/2.0\r\nVia: SIP/2.0/{kind} df7jal23ls0d.invalid;branch=z9hG4bK{branch}\r\n"
    "From: <sip:a@lab>;tag=1\r\nTo: <sip:h@lab>\r\nCall-ID: {branch}\r\nCSeq: 1 OPTIONS\r\nContent-Length: 0\r\n\r\n"
)


def options(branch: str, kind: str = "TCP") -> bytes:
    return OPTIONS.format(branch=branch, kind=kind).encode()


@asynccontextmanager
async def streams(desk: Desk | None = None, **more: Any) -> AsyncIterator[SipStack]:
    async with stack(desk, tcp=True, ws=("127.0.0.1", 0), **more) as made:
        yield made


def place(made: SipStack, kind: str) -> tuple[str, int]:
    return "127.0.0.1", made.ws_port if kind == "ws" else made.port


class Client:
    """A bare connection; for ws it is upgraded and speaks frames."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, kind: str) -> None:
        self.reader, self.writer, self.kind = reader, writer, kind
        self._framer = StreamFramer()
        self._frames = websocket.FrameReader(is_server=False)
        self._came: list[bytes] = []

    @classmethod
    async def to(cls, made: SipStack, kind: str = "tcp") -> Client:
        client = cls(*await asyncio.open_connection(*place(made, kind)), kind)
        if kind == "ws":
            key = base64.b64encode(os.urandom(16)).decode()
            client.writer.write(websocket.opening("lab", key))
            assert websocket.is_accepted((await client.reader.readuntil(b"\r\n\r\n"))[:-4], key)
        return client

    def send(self, packet: bytes, opcode: int = websocket.TEXT) -> None:
        self.writer.write(packet if self.kind == "tcp" else websocket.write_frame(opcode, packet, os.urandom(4)))

    async def next(self) -> bytes:
        while not self._came:
            data = await asyncio.wait_for(self.reader.read(65_536), 5)
            assert data, "closed"
            if self.kind == "tcp":
                self._came += self._framer.feed(data)
            else:
                self._came += [payload for _, payload in self._frames.feed(data)]
        return self._came.pop(0)

    async def status(self) -> int:
        return parse(await self.next()).status  # type: ignore[union-attr]

    async def closed(self) -> None:
        try:
            while await asyncio.wait_for(self.reader.read(65_536), 5):
                pass
        except ConnectionError:
            pass


class StreamPeer(Peer):
    """``Peer`` over connections: ``connect`` again and its calls go on over the new one."""

    def __init__(self, made: SipStack, kind: str) -> None:
        super().__init__(made.port)
        self.kind, self._made = kind, made
        host = f"127.0.0.1:{self.port}" if kind == "tcp" else "a1b2c3.invalid"
        self.contact = f"<sip:1000@{host};transport={kind}>"
        self.client: Client

    async def connect(self) -> None:
        self.client = await Client.to(self._made, self.kind)

    def cut(self) -> None:
        self.client.writer.transport.abort()

    def send(self, text: str | bytes) -> None:
        packet = text if isinstance(text, bytes) else text.encode("utf-8", "surrogateescape")
        self.client.send(packet.replace(b"SIP/2.0/UDP", b"SIP/2.0/" + self.kind.upper().encode(), 1))

    async def receive_bytes(self, timeout: float = 2.0) -> bytes:
        return await asyncio.wait_for(self.client.next(), timeout)
