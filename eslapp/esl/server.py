"""Where the switch's ``socket`` application connects: one greenlet, one ``OutboundCall``, per caller's leg.

Owns: accepting, limits, and the fallback when our own code fails. Not here: what is done with a call (``on_call``).

Whatever goes wrong, the connection is closed and the dialplan goes on behind ``socket``: the caller hears hold music
and comes again, never silence. So a full server, an exception in ``on_call`` and a stranger's connection end alike.

    server = OutboundServer("127.0.0.1", 0, on_call=lambda call: call.execute(*commands.answer()))
    server.start()
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Any

from gevent import socket
from gevent.event import AsyncResult
from gevent.pool import Pool
from gevent.server import StreamServer
from greenswitch.esl import OutboundSession, OutboundSessionHasGoneAway

from eslapp.log import get_log

from .call import CallControl
from .call import Completion as Completion
from .codec import Event
from .commands import App
from .doors import CommandError
from .errors import LegGone, LegTaken, SwitchError
from .reliable import Reliable, tune

log = get_log("esl.server")

BACKLOG = 256


class CallGone(LegGone, OutboundSessionHasGoneAway):
    """``LegGone`` for those who know greenswitch."""


class CallTaken(LegTaken, OutboundSessionHasGoneAway):
    """``LegTaken`` for those who know greenswitch."""


class OutboundCall(CallControl, Reliable, OutboundSession):
    """greenswitch's ``OutboundSession`` with bounded waits and completions found by ``Application-UUID``.

    Its own ``playback``, ``say``, ``play_and_get_digits`` ... work as known; new code uses ``execute`` and
    ``commands``, because those check what they are given.
    """

    def __init__(self, address: Any, sock: Any) -> None:
        self._awaited: AsyncResult | None = None
        super().__init__(address, sock)

    def lost(self) -> Exception:
        if isinstance(self.loss, LegGone):
            return CallGone(self.loss.cause)
        return CallTaken(str(self.loss) if self.loss else self.failure or "not connected")

    def connect(self) -> dict[str, str]:
        if not self.channel.headers:
            self.begin()
        self._outbound_connected = True
        headers: dict[str, str] = self.session_data
        return headers

    def myevents(self) -> None:
        """Already asked for by ``connect``, as JSON."""

    def register_expected_event(self, event: str, variable: str, value: str, waiting: AsyncResult) -> None:
        self._awaited = waiting  # for the call_command that follows at once

    def call_command(
        self,
        app_name: str,
        app_args: str | None = None,
        block: bool = False,
        response_timeout: float | None = None,
    ) -> Event:
        waiting, self._awaited = self._awaited, None
        order, ended = self.order(App(app_name, app_args or ""), lock=False)
        if waiting is not None:
            ended.rawlink(lambda done: _pass_on(done, waiting))
        elif not block:
            self._orders.pop(order, None)
            return Event({}, "+OK")
        if not block:
            return Event({}, "+OK")
        event: Event = ended.get(timeout=response_timeout)
        return event

    def on_disconnect(self, event: Event) -> None:
        self._outbound_connected = False


def _pass_on(done: AsyncResult, waiting: AsyncResult) -> None:
    if done.successful():
        waiting.set(done.value)
    else:
        waiting.set_exception(done.exception)


class OutboundServer:
    """Accepts calls. ``port`` 0 takes any free one; ``.port`` tells which."""

    def __init__(
        self,
        host: str,
        port: int,
        on_call: Callable[[OutboundCall], None],
        *,
        max_calls: int = 500,
        allow: Collection[str] = ("127.0.0.1", "::1"),
        connect_timeout_s: float = 2.0,
    ) -> None:
        self.host, self.port = host, port
        self.max_calls = max_calls
        self.calls: set[OutboundCall] = set()
        self.refused = 0
        self._on_call = on_call
        self._allow = frozenset(allow)
        self._connect_timeout_s = connect_timeout_s
        self._pool = Pool(max_calls + 32)  # a few more, to turn them away instead of letting them wait
        self._server: StreamServer | None = None

    def start(self) -> None:
        """Listen. Raises ``OSError`` where the port is taken."""
        self._server = StreamServer((self.host, self.port), self._accept, backlog=BACKLOG, spawn=self._pool)
        self._server.start()
        self.port = self._server.server_port

    def stop(self, timeout: float = 2.0) -> None:
        """Take no more calls and let go of those there are."""
        if self._server is not None:
            self._server.close()
        for call in tuple(self.calls):
            call.close()
        self._pool.join(timeout=timeout)
        self._pool.kill(timeout=timeout)

    def _accept(self, sock: socket.socket, address: tuple[Any, ...]) -> None:
        if address[0] not in self._allow or len(self.calls) >= self.max_calls:
            self.refused += 1
            log.warning("call-refused", peer=address[0], calls=len(self.calls))
            sock.close()
            return
        tune(sock)
        call = OutboundCall(address, sock)
        self.calls.add(call)
        try:
            call.begin(self._connect_timeout_s)
            self._on_call(call)
        except (SwitchError, CommandError) as error:
            log.info("call-let-go", leg=call.uuid, reason=str(error))
        except Exception:
            log.exception("call-failed", leg=call.uuid)
        finally:
            call.close()
            self.calls.discard(call)
