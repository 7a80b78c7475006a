"""One connection that carries SIP: TCP (RFC 3261 18) or WebSocket (RFC 7118). Each is a Transport of its own.

Not here: which connections there are (``streams.py``), where messages begin (``framing.py``, ``websocket.py``).
"""

from __future__ import annotations

import asyncio
import base64
import logging
import secrets
from typing import TYPE_CHECKING

from eslapp.softswitch.sip import websocket
from eslapp.softswitch.sip.framing import PING as KEEP_ALIVE
from eslapp.softswitch.sip.framing import PONG, FramingError, StreamFramer
from eslapp.softswitch.sip.transport import Addr, Flow

if TYPE_CHECKING:
    from eslapp.softswitch.sip.streams import StreamHub

log = logging.getLogger(__name__)
CLOSING_S = 2.0
MAX_WAITING = 32  # messages for a connection that is being opened


class Connection(asyncio.Protocol):
    """One TCP connection that carries SIP; see ``transport.Transport``."""

    name = "TCP"
    is_reliable = True

    def __init__(self, hub: StreamHub, *, is_ours: bool = False) -> None:
        """``is_ours``: we opened it."""
        self.addr: Addr = ("", 0)
        self.alias = ""  # what we call ourselves on it, where our address means nothing to the peer
        self.is_open = False
        self.is_lost = False
        self._hub = hub
        self._waiting: list[bytes] = []  # until a connection of ours stands
        self._is_ours = is_ours
        self._transport: asyncio.Transport | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._was_half = True
        self._framer = StreamFramer(hub.limits.message_bytes)

    # --- Transport ---

    def send(self, packet: bytes, addr: Addr) -> None:
        """To the peer of this connection, whatever ``addr`` says."""
        self._write(packet)

    def close(self) -> None:
        """What was sent still goes out."""
        if self._transport is not None and self.is_open:
            self._transport.close()
            self._expect(CLOSING_S)

    def cut(self) -> None:
        """At once."""
        if self._transport is not None:
            self._transport.abort()

    def _write(self, data: bytes) -> None:
        transport = self._transport
        if transport is None and not self.is_lost and len(self._waiting) < MAX_WAITING:
            self._waiting.append(data)
        if transport is None or transport.is_closing():
            return
        transport.write(data)
        if transport.get_write_buffer_size() > self._hub.limits.unsent_bytes:
            log.warning("sip: %s does not read, cut off", self.addr[0])
            transport.abort()

    # --- asyncio.Protocol ---

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        peer = transport.get_extra_info("peername") or ("", 0)
        self.addr = (peer[0], peer[1])
        if not self._hub.admit(self):
            transport.abort()
            return
        self.is_open = True
        self._expect(self._hub.limits.idle_s if self._is_ours else self._hub.limits.first_s)
        self._opened()
        for data in self._waiting:
            self._write(data)
        self._waiting.clear()

    def connection_lost(self, error: Exception | None) -> None:
        self.is_open, self.is_lost = False, True
        if self._timer is not None:
            self._timer.cancel()
        self._hub.lost(self)

    def data_received(self, data: bytes) -> None:
        try:
            came = self._take(data)
        except Exception:
            log.exception("a SIP connection of %s failed", self.addr[0])
            self.cut()
            return
        is_half = not self._is_between()
        if came or (is_half and not self._was_half):
            self._expect(self._hub.limits.first_s if is_half else self._hub.limits.idle_s)
        self._was_half = is_half

    def _expect(self, seconds: float) -> None:
        """Cut the connection unless something whole comes by then."""
        if self._timer is not None:
            self._timer.cancel()
        self._timer = asyncio.get_running_loop().call_later(seconds, self.cut)

    # --- what WebSocket does otherwise ---

    def _opened(self) -> None:
        """The connection stands."""

    def _is_between(self) -> bool:
        return self._framer.is_between

    def _take(self, data: bytes) -> bool:
        """Whether anything whole was in it."""
        try:
            messages = self._framer.feed(data)
        except FramingError as error:
            log.debug("sip: %s sends no SIP: %s", self.addr[0], error)
            self.close()
            return False
        for message in messages:
            self._hand_over(message)
        return bool(messages)

    def _hand_over(self, message: bytes) -> None:
        if self._transport is None or self._transport.is_closing():
            return
        if message:
            self._hub.on_packet(message, Flow(self, self.addr))
        else:
            self._write(PONG)  # RFC 5626 4.4.1


class WebSocketConnection(Connection):
    """The same through a WebSocket: one message, one frame."""

    name = "WS"

    def __init__(self, hub: StreamHub, *, is_ours: bool = False) -> None:
        super().__init__(hub, is_ours=is_ours)
        self.is_upgraded: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        self._head = bytearray()
        self._key = base64.b64encode(secrets.token_bytes(16)).decode()
        self._reader = websocket.FrameReader(is_server=not is_ours, message_bytes=hub.limits.message_bytes)
        if is_ours:
            self.alias = f"{secrets.token_hex(6)}.invalid"  # RFC 7118 5.2, 5.3

    def send(self, packet: bytes, addr: Addr) -> None:
        try:
            packet.decode()
        except UnicodeDecodeError:
            self._frame(websocket.BINARY, packet)
        else:
            self._frame(websocket.TEXT, packet)

    def close(self) -> None:
        if self._is_through:
            self._frame(websocket.CLOSE, websocket.NORMAL.to_bytes(2, "big"))
        super().close()

    @property
    def _is_through(self) -> bool:
        return self.is_upgraded.done() and not self.is_upgraded.cancelled() and self.is_upgraded.result()

    def connection_lost(self, error: Exception | None) -> None:
        if not self.is_upgraded.done():
            self.is_upgraded.set_result(False)
        super().connection_lost(error)

    def _frame(self, opcode: int, payload: bytes) -> None:
        self._write(websocket.write_frame(opcode, payload, secrets.token_bytes(4) if self._is_ours else b""))

    def _opened(self) -> None:
        if self._is_ours:
            self._write(websocket.opening(f"{self.addr[0]}:{self.addr[1]}", self._key))

    def _is_between(self) -> bool:
        return self._is_through and self._reader.is_between

    def _take(self, data: bytes) -> bool:
        if not self._is_through:
            data = self._shake(data)
            if not self._is_through:
                return False
        try:
            frames = self._reader.feed(data)
        except websocket.WebSocketError as error:
            log.debug("sip: %s breaks WebSocket: %s", self.addr[0], error)
            self._frame(websocket.CLOSE, error.code.to_bytes(2, "big"))
            Connection.close(self)
            return False
        for opcode, payload in frames:
            self._one(opcode, payload)
        return bool(frames)

    def _shake(self, data: bytes) -> bytes:
        """Take the handshake; what came behind it."""
        self._head += data
        head, end, rest = bytes(self._head).partition(b"\r\n\r\n")
        if not end:
            if len(self._head) > websocket.MAX_HANDSHAKE:
                self.cut()
            return b""
        if self.is_upgraded.done():
            return b""
        if self._is_ours:
            is_open = websocket.is_accepted(head, self._key)
        else:
            is_open, answer = websocket.answer_opening(head)
            self._write(answer)
        self.is_upgraded.set_result(is_open)
        if not is_open:
            Connection.close(self)
        self._head.clear()
        return rest

    def _one(self, opcode: int, payload: bytes) -> None:
        if opcode == websocket.PING:
            self._frame(websocket.PONG, payload)
        elif opcode == websocket.CLOSE:
            if self._transport is not None and not self._transport.is_closing():
                self._frame(websocket.CLOSE, payload[:2])
                Connection.close(self)
        elif opcode == websocket.PONG:
            return
        elif payload == KEEP_ALIVE:
            self._frame(websocket.TEXT, PONG)
        elif payload:
            self._hand_over(payload)
