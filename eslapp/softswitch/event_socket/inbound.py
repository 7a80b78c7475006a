"""The listening side: controllers connect, say the password, and drive the whole switch.

Who has not said it yet is a stranger: few at a time, for a short while, with little to say, and none from where wrong
passwords keep coming. Not here: the commands (``commands.py``), what both directions share (``connection.py``).
"""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING

from eslapp.softswitch.event_socket.connection import Connection
from eslapp.softswitch.sip.guard import FailureGuard, source_of

if TYPE_CHECKING:
    from eslapp.softswitch.session import Session
    from eslapp.softswitch.switch import Switch

log = logging.getLogger(__name__)
MAX_CONNECTIONS = 500
MAX_STRANGERS = 100  # of one more the oldest is cut off
STRANGER_BYTES = 65_536
STRANGER_S = 30.0
GUESSES_PER_MIN = 10  # of one host; on loopback, where all share the host, of one connection
BAN_S = 900.0


class InboundConnection(Connection):
    """One controller that connected."""

    def __init__(self, switch: Switch, listener: InboundListener) -> None:
        super().__init__(switch)
        self._listener = listener
        self._source = ""
        self._patience: asyncio.TimerHandle | None = None

    def opened(self) -> None:
        """Ask for the password; one connection too many is closed unheard."""
        assert self.transport is not None
        peer = self.transport.get_extra_info("peername") or ("", 0)
        self._source = source_of((peer[0], peer[1]))
        loop = asyncio.get_running_loop()
        if self._listener.guard.is_banned(self._source, loop.time()) or not self._listener.admit(self):
            self.abort()
            return
        self._patience = loop.call_later(STRANGER_S, self._lose_patience)
        self.send(b"Content-Type: auth/request\n\n")

    def data_received(self, data: bytes) -> None:
        """Bytes; a stranger's are few."""
        super().data_received(data)
        if not self.is_authorised and not self.is_closed and self._reader.held > STRANGER_BYTES:
            log.warning("controller-cut-off reason=%s", "a stranger says too much")
            self.abort()

    def guessed(self) -> None:
        """Count a wrong password."""
        if self._listener.guard.fail(self._source, asyncio.get_running_loop().time()):
            log.warning("controller-banned source=%s", self._source)

    def _lose_patience(self) -> None:
        if not self.is_authorised and not self.is_closed:
            log.warning("controller-cut-off reason=%s", "no password came")
            self.abort()

    def closed(self, *, is_reset: bool) -> None:
        """Forget it."""
        if self._patience is not None:
            self._patience.cancel()
        self._listener.everybody.pop(self, None)
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
        self.everybody: dict[InboundConnection, None] = {}  # in the order they came
        self.guard = FailureGuard(GUESSES_PER_MIN, BAN_S)

    async def start(self, host: str, port: int) -> int:
        """Listen; the port that was got. OSError names the address when it is in use."""
        loop = asyncio.get_running_loop()
        make = lambda: InboundConnection(self._switch, self)  # noqa: E731
        try:
            self._server = await loop.create_server(make, host, port)
        except OSError as error:
            raise OSError(error.errno, f"event socket {host}:{port}: {error.strerror}; give another port") from None
        return int(self._server.sockets[0].getsockname()[1])

    def admit(self, newcomer: InboundConnection) -> bool:
        """Whether there is room; an older stranger makes it, a controller that said the password does not."""
        strangers = [each for each in self.everybody if not each.is_authorised]
        if len(strangers) >= MAX_STRANGERS or (strangers and len(self.everybody) >= MAX_CONNECTIONS):
            log.warning("controller-cut-off reason=%s", "too many strangers")
            del self.everybody[strangers[0]]
            strangers[0].abort()
        if len(self.everybody) >= MAX_CONNECTIONS:
            log.warning("controller-refused reason=%s", "too many connections")
            return False
        self.everybody[newcomer] = None
        return True

    async def stop(self) -> None:
        """Close the listener and everybody."""
        if self._server is not None:
            self._server.close()
        for connection in list(self.everybody):
            connection.leave()
        self._server = None
