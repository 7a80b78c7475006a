"""The protocol of greenswitch, made reliable: mixed in BEFORE one of its classes, it keeps their names and manners.

Owns: reading, replying, dispatching, failing and stopping one connection. greenswitch 0.0.19 forges headers, dies on
one Latin-1 byte while ``connected`` stays True, spins at an end of file, waits for ever, sends half a command, and
drops queued events; ``tests/esl/test_greenswitch_defects.py`` shows each and its cure.
Not here: reconnecting (``link``), calls (``call``).

Two greenlets: ``receive_events`` reads, answers waiting commands and matches results at once, and never runs foreign
code; ``process_events`` hands events to handlers one by one, in order, each inside its own ``try``. So a handler may
itself send and wait.
"""

from __future__ import annotations

from typing import Any

import gevent
from gevent import socket
from gevent.event import AsyncResult
from gevent.event import Event as Flag
from gevent.lock import RLock

from eslapp.clock import monotonic
from eslapp.log import get_log

from .codec import Event, Frame, FrameReader, parse_connect, parse_event
from .errors import SwitchDown, SwitchTimeout
from .inbox import OrderedInbox
from .messages import message_bytes

log = get_log("esl.reliable")

COMMAND_TIMEOUT_S = 10.0
SEND_TIMEOUT_S = 5.0
STOP_TIMEOUT_S = 2.0


def tune(sock: Any) -> None:
    """Every socket of ours: no Nagle delay, and a dead peer is noticed by the kernel too."""
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, 10_000)


class Reliable(OrderedInbox):
    """Mixin: ``class SwitchConnection(Reliable, InboundESL)``."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self.failure = ""  # why the connection ended
        self.ended = Flag()
        self.last_heard = monotonic()
        self.unreadable = 0  # events skipped because they were no JSON object
        self._reader = FrameReader()
        self._send_lock = RLock()
        super().__init__(*args, **kwargs)

    # --- sending ----------------------------------------------------------------------------------------------

    def send(self, data: str, timeout: float = COMMAND_TIMEOUT_S) -> Event:
        """Send one command and wait for its reply: headers, and the text as ``.data``.

        Raises ``SwitchDown`` (or the class's own kind of it), ``SwitchTimeout``, ``CommandError``.
        """
        return self.await_reply(self.post(data), timeout, data)

    def post(self, data: str) -> AsyncResult:
        """Send one command without waiting; its reply arrives in the result."""
        return self.post_all(data)[0]

    def post_all(self, *messages: str) -> list[AsyncResult]:
        """Send several commands at once; their replies arrive in the results, in order."""
        slots = [AsyncResult() for _ in messages]
        raw = b"".join(message_bytes(message) for message in messages)
        with self._send_lock:  # the order of the slots is the order on the wire
            if not self.connected:
                raise self.lost()
            self._commands_sent.extend(slots)
            self._send_all(raw)
        return slots

    def _send_all(self, raw: bytes) -> None:
        sent = False
        try:
            with gevent.Timeout(SEND_TIMEOUT_S):
                self.sock.sendall(raw)
            sent = True
        except (OSError, gevent.Timeout) as error:
            self.fail(f"sending failed: {error}")
            raise self.lost() from None
        finally:
            if not sent:  # also when this greenlet was killed: half a command makes the stream unusable
                self.fail("a command could not be sent whole")

    def await_reply(self, slot: AsyncResult, timeout: float, what: str) -> Event:
        """The late reply to a command we gave up on still takes its own slot, not the next one's."""
        try:
            reply: Event = slot.get(timeout=timeout)
        except gevent.Timeout:
            word = what.split(None, 1)[0]
            raise SwitchTimeout(f"no reply to {word!r} within {timeout:g} s") from None
        return reply

    # --- receiving --------------------------------------------------------------------------------------------

    def start_event_handlers(self) -> None:
        self._receive_events_greenlet = gevent.spawn(self.receive_events)
        self._process_events_greenlet = gevent.spawn(self.process_events)

    def receive_events(self) -> None:
        reason = "the switch closed the connection"
        try:
            while self._run:
                data = self.sock.recv(65536)
                if not data:
                    break
                self.last_heard = monotonic()
                for frame in self._reader.feed(data):
                    self._take(frame)
                if self._reader.error is not None:
                    reason = f"unreadable: {self._reader.error}"
                    break
        except OSError as error:
            reason = f"reading failed: {error}"
        except Exception:
            log.exception("reader-failed")
            reason = "our reader failed"
        finally:
            self.fail(reason)

    def _take(self, frame: Frame) -> None:
        kind = frame.kind
        if kind.startswith("text/event-"):
            self._take_event(frame)
        elif kind in ("command/reply", "api/response"):
            self._take_reply(frame)
        elif kind == "auth/request":
            self._auth_request_event.set()
        elif kind == "text/disconnect-notice":
            self._take_notice(frame)
        elif kind == "text/rude-rejection":
            self.fail("the switch refuses our address (apply-inbound-acl in event_socket.conf.xml)")
        elif kind == "log/data":
            self.enqueue(Event(frame.headers, frame.body.decode("utf-8", "replace")))

    def _take_event(self, frame: Frame) -> None:
        try:
            event = parse_event(frame)
        except ValueError as error:
            self.unreadable += 1
            log.warning("event-unreadable", error=str(error))
            return
        if event is not None:
            self.received(event)
            self.enqueue(event)

    def _take_reply(self, frame: Frame) -> None:
        if not self._commands_sent:
            log.warning("reply-unasked")
            return
        headers = parse_connect(frame).headers if "Event-Name" in frame.headers else frame.headers
        is_api = frame.kind == "api/response"
        text = frame.body.decode("utf-8", "replace") if is_api else headers.get("Reply-Text", "")
        reply = Event(headers, text)
        self.replied(reply)
        self._commands_sent.pop(0).set(reply)

    def _take_notice(self, frame: Frame) -> None:
        self.enqueue(Event(frame.headers, frame.body.decode("utf-8", "replace")))
        if frame.headers.get("Content-Disposition") == "linger":
            self._lingering = True
        else:
            self.fail("the switch said goodbye")

    # --- for the classes above --------------------------------------------------------------------------------

    def received(self, event: Event) -> None:
        """Called in the reading greenlet for every event, before handlers see it; must not wait."""

    def replied(self, reply: Event) -> None:
        """The same for every reply, before whoever asked sees it."""

    def on_failed(self) -> None:
        """Called once when the connection ends, to release who waits; must not wait."""

    def lost(self) -> Exception:
        """The exception for whoever needs a connection that is gone."""
        return SwitchDown(self.failure or "not connected")

    # --- ending -----------------------------------------------------------------------------------------------

    def fail(self, reason: str) -> None:
        """End the connection: everyone who waits is released now; events already here are still handed out."""
        if self.failure:
            return
        self.failure = reason
        self.connected = self._run = False
        pending, self._commands_sent = self._commands_sent, []
        for slot in pending:
            slot.set_exception(self.lost())
        self._auth_request_event.set()
        self.on_failed()
        self.end_inbox()
        self._close_socket()
        self.ended.set()

    def _close_socket(self) -> None:
        for close in (
            lambda: self.sock.shutdown(socket.SHUT_RDWR),
            lambda: self.sock_file.close(),
            lambda: self.sock.close(),
        ):
            try:
                close()
            except (OSError, AttributeError):  # never opened, or already closed by the other side
                continue

    def stop(self) -> None:
        """Leave politely, within bounds, from any greenlet (a handler too)."""
        if self.connected:
            try:
                self.send("exit", timeout=STOP_TIMEOUT_S)
            except Exception as error:
                log.debug("exit-unanswered", error=str(error))
        self.fail("stopped by us")
        for greenlet in (self._receive_events_greenlet, self._process_events_greenlet):
            if greenlet is not None and greenlet is not gevent.getcurrent():
                greenlet.join(timeout=STOP_TIMEOUT_S)
