"""The connecting side: the ``socket`` application's connection to a controller, for one channel.

Owns: connecting, the ``connect`` reply, synchronous sockets, lingering, what the channel does when the controller goes.
Not here: the commands (``commands.py``), the application itself (``apps/socket.py``).
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from typing import TYPE_CHECKING

from eslapp.softswitch.event_socket.connection import Connection
from eslapp.softswitch.event_socket.framing import reply
from eslapp.softswitch.states import State

if TYPE_CHECKING:
    from eslapp.softswitch.events import Event
    from eslapp.softswitch.messages import Message
    from eslapp.softswitch.session import Session
    from eslapp.softswitch.switch import Switch


class OutboundConnection(Connection):
    """One controller we connected to. ``is_over`` is what the application waits for."""

    is_outbound = True

    def __init__(self, switch: Switch, session: Session, *, is_async: bool, is_full: bool) -> None:
        super().__init__(switch)
        self.session = session
        self.is_async = is_async
        self.is_full = is_full
        self.is_authorised = True
        self.has_connected = False  # the controller said something
        self._is_first_silent = False
        self.is_over = False
        self.wants_reset = False
        self._todo: list[tuple[Message, asyncio.Future[None]]] = []
        self._late: list[Event] = []

    def opened(self) -> None:
        """The channel is under control."""
        assert self.session is not None
        self.session.sockets.append(self)

    def data_received(self, data: bytes) -> None:
        """The first thing it says begins the control; when that is not ``connect`` it gets no reply."""
        is_first = not self.has_connected
        if is_first and not data.strip():
            return
        self.has_connected = True
        self._is_first_silent = is_first and not data.lstrip().lower().startswith(b"connect")
        super().data_received(data)
        assert self.session is not None
        self.session.ring_bell()

    def send(self, data: bytes) -> None:
        """As every connection, but without the reply to a first command that was not ``connect``."""
        if self._is_first_silent and data.startswith(b"Content-Type: command/reply"):
            self._is_first_silent = False
            return
        super().send(data)

    def run_here(self, message: Message) -> Awaitable[bytes]:
        """A synchronous socket: the reply comes when the application has ended."""
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._todo.append((message, done))
        assert self.session is not None
        self.session.ring_bell()
        return self._reply_after(done)

    async def _reply_after(self, done: asyncio.Future[None]) -> bytes:
        await done
        if self.session is not None and not self.session.is_up and self.linger_s is None:
            self._commands.clear()  # nothing is read for a channel that is down
        return reply("+OK")

    async def _finish(self, answer: Awaitable[bytes]) -> None:
        await super()._finish(answer)
        if self.session is not None:
            self.session.ring_bell()

    def deliver(self, event: Event) -> None:
        """A synchronous connection that idles notices the end of its channel before what tells of it."""
        is_down = self.session is not None and not self.session.is_up
        if is_down and not (self.is_async or self._is_busy or self.is_lingering):
            self._late.append(event)
        else:
            super().deliver(event)

    @property
    def is_busy(self) -> bool:
        """A command runs that was not answered yet."""
        return self._is_busy

    @property
    def has_todo(self) -> bool:
        """Something waits for the application to run it."""
        return bool(self._todo)

    def take_todo(self) -> tuple[Message, asyncio.Future[None]] | None:
        """The next message for the application to run."""
        return self._todo.pop(0) if self._todo else None

    def control(self, session: Session | None) -> None:
        """It has its channel already."""

    def leave(self) -> None:
        """The controller said exit, half-closed, or its time is over."""
        super().leave()
        self._release(is_clean=True)

    def closed(self, *, is_reset: bool) -> None:
        """TCP is gone: the channel goes on without it."""
        self._release(is_clean=not is_reset)

    def _release(self, *, is_clean: bool) -> None:
        session = self.session
        if self.is_over or session is None:
            return
        self.is_over = True
        if self in session.sockets:
            session.sockets.remove(self)
        for _, done in self._todo:
            if not done.done():
                done.set_result(None)
        self.wants_reset = session.variables.is_true("socket_resume")
        if session.is_up:
            session.locks = 0
            if is_clean:
                self.reset_if_wanted()
        session.ring_bell()

    def reset_if_wanted(self) -> None:
        """``socket_resume``: FreeSWITCH sends the channel to CS_RESET, whatever it does: also out of a bridge."""
        session = self.session
        if self.wants_reset and session is not None:
            self.wants_reset = False
            session.messages.clear()
            session.set_state(State.RESET)

    async def session_ended(self) -> None:
        """The channel reported its end."""
        for _, done in self._todo:
            if not done.done():
                done.set_result(None)
        if self._late and self.linger_s is not None:
            asyncio.get_running_loop().call_soon(self._tell_late)
        await super().session_ended()

    def _tell_late(self) -> None:
        for event in self._late:
            super().deliver(event)
        self._late.clear()
