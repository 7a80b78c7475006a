"""The listening side: controllers connect, say the password, and drive the whole switch.

Not here: the commands (``commands.py``), what both directions share (``connection.py``).
"""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING

from eslapp.softswitch.event_socket.connection import Connection

if TYPE_CHECKING:
    from eslapp.softswitch.session import Session
    from eslapp.softswitch.switch import Switch

log = logging.getLogger(__name__)
MAX_CONNECTIONS = 500


class InboundConnection(Connection):
    """One controller that connected."""

    def __init__(self, switch: Switch, everybody: set[InboundConnection]) -> None:
        super().__init__(switch)
        self._everybody = everybody

    def opened(self) -> None:
        """Ask for the password; one connection too many is closed unheard."""
        if len(self._everybody) >= MAX_CONNECTIONS:
            log.warning("controller-refused reason=%s", "too many connections")
            self.abort()
            return
        self._everybody.add(self)
        self.send(b"Content-Type: auth/request\n\n")

    def closed(self, *, is_reset: bool) -> None:
        """Forget it."""
        self._everybody.discard(self)
        if self.session is not None and self in self.session.sockets:
            self.session.sockets.remove(self)

    def control(self, session: Session | None) -> None:
        """``myevents <uuid>``: the connection belongs to that channel from now on, and ends with it."""
        if session is not None:
            self.session = session
            session.sockets.append(self)


class InboundListener:
    """The server."""

    def __init__(self, switch: Switch) -> None:
        self._switch = switch
        self._server: asyncio.Server | None = None
        self._everybody: set[InboundConnection] = set()

    async def start(self, host: str, port: int) -> int:
        """Listen; the port that was got. OSError names the address when it is in use."""
        loop = asyncio.get_running_loop()
        make = lambda: InboundConnection(self._switch, self._everybody)  # noqa: E731
        try:
            self._server = await loop.create_server(make, host, port)
        except OSError as error:
            raise OSError(error.errno, f"event socket {host}:{port}: {error.strerror}; give another port") from None
        return int(self._server.sockets[0].getsockname()[1])

    async def stop(self) -> None:
        """Close the listener and everybody."""
        if self._server is not None:
            self._server.close()
        for connection in list(self._everybody):
            connection.leave()
        self._server = None
