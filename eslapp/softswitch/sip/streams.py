"""All SIP connections of a stack, TCP and WebSocket: the doors they come through, and those we open ourselves.

Whatever belongs to a peer goes back over the connection it came by, whatever its Via or Contact name.
Not here: what a connection does (``connection.py``), what messages mean (``intake.py``).
"""

from __future__ import annotations

import asyncio
import logging
import socket
from collections.abc import Callable
from dataclasses import dataclass

from eslapp.softswitch.sip.connection import Connection, WebSocketConnection
from eslapp.softswitch.sip.transport import Addr, Flow

log = logging.getLogger(__name__)
CONNECTING_S = 5.0
SEND_BUFFER = 65_536  # inherited by what is accepted: a stranger that does not read holds no more
OnPacket = Callable[[bytes, Flow], None]


@dataclass(frozen=True)
class StreamLimits:
    """What strangers may hold open."""

    connections: int = 2_000
    per_host: int = 200  # not counted on loopback
    message_bytes: int = 65_535
    first_s: float = 10.0  # from the connection to its first whole message, and from half a message to the whole
    idle_s: float = 4_000.0  # longer than a phone's registration of an hour
    unsent_bytes: int = 1_048_576  # a peer that does not read is cut off


KINDS: dict[str, type[Connection]] = {"TCP": Connection, "WS": WebSocketConnection}


class StreamHub:
    """All connections of one stack, and the doors they come through."""

    def __init__(
        self,
        on_packet: OnPacket,
        *,
        limits: StreamLimits | None = None,
        is_banned: Callable[[Addr], bool] = lambda addr: False,
        on_lost: Callable[[Connection, int], None] = lambda connection, status: None,
    ) -> None:
        self.on_packet = on_packet
        self.limits = limits or StreamLimits()
        self._is_banned = is_banned
        self._on_lost = on_lost
        self._connections: dict[tuple[str, Addr], Connection] = {}
        self._per_host: dict[str, int] = {}
        self._servers: list[asyncio.Server] = []
        self._opening: set[asyncio.Task[None]] = set()

    def __len__(self) -> int:
        return len(self._connections)

    async def listen(self, kind: str, host: str, port: int) -> int:
        """Open a door for "TCP" or "WS"; the port. OSError names the address and the way out."""
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        made = socket.socket(family, socket.SOCK_STREAM)
        try:
            made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            made.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SEND_BUFFER)
            made.bind((host, port))
        except OSError as error:
            made.close()
            raise OSError(
                error.errno, f"SIP cannot listen on {kind.lower()} {host}:{port}: {error.strerror}; choose another port"
            ) from None
        loop = asyncio.get_running_loop()
        self._servers.append(await loop.create_server(lambda: KINDS[kind](self), sock=made, backlog=256))
        return int(made.getsockname()[1])

    async def connect(self, kind: str, addr: Addr, timeout: float = CONNECTING_S) -> Connection:
        """A connection of ours, ready for SIP. OSError when there is none within ``timeout``."""
        loop = asyncio.get_running_loop()
        try:
            async with asyncio.timeout(timeout):
                _, made = await loop.create_connection(lambda: KINDS[kind](self, is_ours=True), *addr)
                if isinstance(made, WebSocketConnection) and not await asyncio.shield(made.is_upgraded):
                    raise ConnectionRefusedError(f"{addr[0]}:{addr[1]} does not speak SIP over WebSocket")
        except TimeoutError:
            raise ConnectionRefusedError(f"no {kind} connection to {addr[0]}:{addr[1]} within {timeout:g} s") from None
        return made

    def find(self, kind: str, addr: Addr) -> Connection | None:
        """The open connection to this very peer."""
        return self._connections.get((kind, addr))

    def reach(self, addr: Addr) -> Connection:
        """The TCP connection to this peer, a new one if need be: what is sent waits until it stands, or is lost."""
        known = self._connections.get(("TCP", addr))
        if known is not None:
            return known
        made = self._connections["TCP", addr] = Connection(self, is_ours=True)
        made.addr = addr
        opening = asyncio.get_running_loop().create_task(self._open(made))
        self._opening.add(opening)
        opening.add_done_callback(self._opening.discard)
        return made

    async def _open(self, made: Connection) -> None:
        try:
            async with asyncio.timeout(CONNECTING_S):
                await asyncio.get_running_loop().create_connection(lambda: made, *made.addr)
        except (OSError, TimeoutError) as error:
            log.info("sip: no TCP connection to %s:%s: %s", *made.addr, error or "no answer")
            made.is_lost = True
            if self._connections.get(("TCP", made.addr)) is made:
                del self._connections["TCP", made.addr]
            self._on_lost(made, 503)

    def admit(self, connection: Connection) -> bool:
        """Whether a new connection may stay; counted if so."""
        host = connection.addr[0]
        is_near = host.startswith("127.") or host == "::1"
        count = self._per_host.get(host, 0)
        is_full = len(self._connections) >= self.limits.connections or (count >= self.limits.per_host and not is_near)
        if is_full or self._is_banned(connection.addr):
            return False
        self._per_host[host] = count + 1
        self._connections[connection.name, connection.addr] = connection
        return True

    def lost(self, connection: Connection) -> None:
        """It is closed."""
        key = (connection.name, connection.addr)
        if self._connections.get(key) is not connection:
            return
        del self._connections[key]
        left = self._per_host.get(connection.addr[0], 1) - 1
        if left > 0:
            self._per_host[connection.addr[0]] = left
        else:
            self._per_host.pop(connection.addr[0], None)
        self._on_lost(connection, 408)

    def close(self) -> None:
        """Shut the doors and all connections; what was sent still goes out."""
        for server in self._servers:
            server.close()
        self._servers.clear()
        for opening in self._opening:
            opening.cancel()
        for connection in list(self._connections.values()):
            connection.close()
