"""One controller's connection, in either direction: commands in order, replies before events, slow readers cut off.

Owns: the asyncio protocol, the command queue, delivering events. Not here: the commands (``commands.py``), whose
connection it is (``inbound.py``, ``outbound.py``).

While a command runs (a slow ``api``), later commands and all events of this connection wait behind it.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import socket
from collections import deque
from collections.abc import Awaitable
from typing import TYPE_CHECKING

from eslapp.softswitch.deadlines import seconds_until_epoch
from eslapp.softswitch.event_socket import commands
from eslapp.softswitch.event_socket.framing import Command, CommandReader, Oversized, disconnect_notice
from eslapp.softswitch.event_socket.subscription import Subscription
from eslapp.softswitch.events import Event
from eslapp.softswitch.session_events import channel_event

if TYPE_CHECKING:
    from eslapp.softswitch.messages import Message
    from eslapp.softswitch.session import Session
    from eslapp.softswitch.switch import Switch

log = logging.getLogger(__name__)
MAX_UNSENT = 16 * 1024 * 1024
MAX_HELD_EVENTS = 100_000
MAX_COMMANDS = 10_000


class Connection(asyncio.Protocol):
    """See the module. ``session`` is the channel it controls, if any."""

    is_outbound = False
    is_full = True
    is_async = True

    def __init__(self, switch: Switch) -> None:
        self.switch = switch
        self.session: Session | None = None
        self.is_authorised = False
        self.wish = Subscription()
        self.linger_s: int | None = None  # -1: for ever
        self.is_lingering = False
        self._lingered = asyncio.Event()
        self.is_closed = False
        self.transport: asyncio.Transport | None = None
        self._reader = CommandReader()
        self._commands: deque[Command] = deque()
        self._events: deque[Event] = deque()
        self._is_busy = False
        self._is_flush_due = False
        self._has_eof = False

    # -- asyncio ------------------------------------------------------------------------------------------------------

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """TCP is up."""
        self.transport = transport  # type: ignore[assignment]
        raw = transport.get_extra_info("socket")
        if raw is not None:
            raw.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.switch.bus.add(self)
        self.opened()

    def opened(self) -> None:
        """What the direction does first."""

    def guessed(self) -> None:
        """A wrong password came."""

    def data_received(self, data: bytes) -> None:
        """Bytes from the controller."""
        try:
            self._commands.extend(self._reader.feed(data))
        except Oversized as error:
            log.warning("controller-cut-off reason=%s", error)
            self.abort()
            return
        if len(self._commands) > MAX_COMMANDS:
            log.warning("controller-cut-off reason=%s", "too many commands wait")
            self.abort()
            return
        self._work()

    def eof_received(self) -> bool:
        """The controller half-closed: what it asked is still answered, then the notice, then the close."""
        self._has_eof = True
        if not self._is_busy and not self._commands:
            self.leave()
        return True

    def connection_lost(self, error: Exception | None) -> None:
        """TCP is gone."""
        self.is_closed = True
        self._commands.clear()
        self._events.clear()
        self.switch.bus.remove(self)
        self.switch.log_lines.readers.pop(self, None)
        self._lingered.set()
        self.closed(is_reset=error is not None)

    def closed(self, *, is_reset: bool) -> None:
        """What the direction does last."""

    def control(self, session: Session | None) -> None:
        """``myevents <uuid>``: belong to a channel; only an inbound connection can."""

    def describe(self) -> bytes:
        """The reply to ``connect``: the channel as an event, with the mode at its end."""
        session = self.session
        assert session is not None
        event = channel_event(session, "CHANNEL_DATA")
        core = [header for header in event.headers[:13]]
        profile = [(name, value) for name, value in session.profile.headers("Channel")]
        rest = event.headers[13:]
        mode = [
            ("Content-Type", "command/reply"),
            ("Reply-Text", "+OK\n"),
            ("Socket-Mode", "async" if self.is_async else "static"),
            ("Control", "full" if self.is_full else "single-channel"),
        ]
        plain = Event([*core, *profile, *rest]).plain()[:-1]
        return plain + Event(mode).plain()

    def run_here(self, message: Message) -> Awaitable[bytes]:
        """Run a message and reply when it ended; only a synchronous outbound connection does."""
        raise TypeError("this connection queues its messages")

    # -- commands -----------------------------------------------------------------------------------------------------

    def _work(self) -> None:
        while self._commands and not self._is_busy and not self.is_closed:
            answer = commands.run(self, self._commands.popleft())
            self.switch.bus.follow(self, self.wish.only)
            if isinstance(answer, bytes):
                self.send(answer)
            else:
                self._is_busy = True
                self.switch.background(self._finish(answer), "event socket command")
        if self._has_eof and not self._is_busy and not self.is_closed:
            self.leave()
        self._flush()

    async def _finish(self, answer: Awaitable[bytes]) -> None:
        try:
            self.send(await answer)
        finally:
            self._is_busy = False
            self._work()

    def send(self, data: bytes) -> None:
        """Write a frame now, before any event that waits."""
        if data and self.transport is not None and not self.is_closed:
            self.transport.write(data)

    # -- events -------------------------------------------------------------------------------------------------------

    def wants(self, name: str, subclass: str) -> bool:
        """See Subscriber."""
        return self.wish.is_listening and not self.is_closed and self.wish.wants(name, subclass)

    def deliver(self, event: Event) -> None:
        """See Subscriber."""
        if not self.wish.passes(event):
            return
        self._events.append(event)
        if len(self._events) > MAX_HELD_EVENTS:
            log.warning("controller-cut-off reason=%s", "it reads too slowly")
            self.abort()
        elif not self._is_flush_due:
            self._is_flush_due = True
            asyncio.get_running_loop().call_soon(self._flush_soon)

    def _flush_soon(self) -> None:
        self._is_flush_due = False
        self._flush()

    def _flush(self) -> None:
        if self._is_busy or self.transport is None or self.is_closed or not self._events:
            return
        self.transport.write(b"".join([event.frame(self.wish.form) for event in self._events]))
        self._events.clear()
        if self.transport.get_write_buffer_size() > MAX_UNSENT:
            log.warning("controller-cut-off reason=%s", "it reads too slowly")
            self.abort()

    def drop_events(self) -> None:
        """Forget what was not sent yet (``noevents``)."""
        self._events.clear()

    # -- the end ------------------------------------------------------------------------------------------------------

    def linger(self, seconds: int) -> None:
        """Stay for so long when the channel has gone (-1: for ever); one that stays already goes now."""
        self.linger_s = seconds
        if self.is_lingering and seconds != -1:
            self._lingered.set()

    async def session_ended(self) -> None:
        """The channel reported its end: say good-bye, or linger as the controller asked."""
        session = self.session
        if self.is_closed or session is None:
            return
        if self.linger_s is None or session.switch.is_stopping:
            self.leave()
            return
        self._flush()
        self.send(disconnect_notice(session.uuid, channel_name=session.name, linger_s=self.linger_s))
        self.is_lingering = True
        timeout = None if self.linger_s == -1 else seconds_until_epoch(self.linger_s + 1, session.switch.now())
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._lingered.wait(), timeout)
        self.leave()

    def leave(self) -> None:
        """Events that wait, the disconnect notice, the close."""
        if self.is_closed or self.transport is None:
            return
        self._is_busy = False
        self._flush()
        uuid = self.session.uuid if self.session is not None else ""
        self.send(disconnect_notice(uuid))
        self.is_closed = True
        self._lingered.set()
        self.transport.close()

    def abort(self) -> None:
        """Close at once, nothing more is sent."""
        self.is_closed = True
        if self.transport is not None:
            self.transport.abort()
