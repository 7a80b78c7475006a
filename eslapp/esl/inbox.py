"""Hands events to handlers one by one, in order, in one greenlet, each inside its own ``try``.

Owns: the ordered, bounded queue of a connection. Not here: the socket (``reliable``).
Events that are in the queue when the connection ends are still handed out.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from gevent.event import Event as Flag
from gevent.queue import Queue

from eslapp.log import get_log

from .codec import Event

log = get_log("esl.inbox")

INBOX_BOUND = 10_000  # FreeSWITCH itself cuts a listener off that is behind; then all is read anew
_END = object()


class OrderedInbox:
    """Mixin of ``Reliable``; needs ``event_handlers`` (greenswitch's) and ``fail``."""

    event_handlers: dict[str, list[Callable[[Event], Any]]]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self.gate = Flag()  # closed: events are kept back
        self.gate.set()
        self.greeting: Callable[[], None] | None = None  # runs in order, before the first event
        self.farewell: Callable[[], None] | None = None  # runs in order, after the last event
        self._inbox: Queue[Any] = Queue()
        super().__init__(*args, **kwargs)

    def fail(self, reason: str) -> None:
        """End the connection."""
        raise AssertionError("mixed in without a connection")

    def end_inbox(self) -> None:
        """After what is queued there is nothing more."""
        self._inbox.put(_END)
        self.gate.set()

    def enqueue(self, item: Event | Callable[[], None]) -> None:
        """Put an event, or something to be called, in the ordered queue."""
        if self._inbox.qsize() < INBOX_BOUND:
            self._inbox.put(item)
        else:
            self.fail(f"handlers are more than {INBOX_BOUND} events behind")

    def process_events(self) -> None:
        self.gate.wait()
        if self.greeting:
            self._call(self.greeting)
        for item in iter(self._inbox.get, _END):
            if callable(item):
                self._call(item)
            else:
                self._dispatch(item)
        if self.farewell:
            self._call(self.farewell)

    def _dispatch(self, event: Event) -> None:
        name = event.subclass if event.name == "CUSTOM" else event.name
        kind = event.get("Content-Type")
        if kind == "text/disconnect-notice":
            name = "DISCONNECT"
        elif kind == "log/data":
            name = "log"
        for handler in [*self.event_handlers.get(name, ()), *self.event_handlers.get("*", ())]:
            self._call(handler, event)

    def _call(self, handler: Callable[..., Any], *args: Any) -> None:
        try:
            handler(*args)
        except Exception:  # the boundary: one event's failure is not the next one's
            log.exception("handler-failed", handler=getattr(handler, "__qualname__", str(handler)))
