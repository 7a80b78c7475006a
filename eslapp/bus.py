"""The in-process bus: commands go to the one dispatcher, events go to whoever subscribed.

Owns: delivery inside one daemon. Not here: truth (the store has it before anything is published).

>>> bus = Bus()
>>> with bus.subscribe() as inbox:
...     bus.publish(7, "event")
...     inbox.get(timeout=1)
(7, 'event')
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from gevent.queue import Empty, Full, Queue

from eslapp.core.commands import Command, Refused
from eslapp.core.events import Event
from eslapp.log import get_log

log = get_log("bus")
LOOK_AGAIN_S = 60.0  # every wait has an end
SUBSCRIBER_BOUND = 10_000  # a subscriber this far behind is cut off and must resume from the log


class Overrun(Exception):
    """The subscriber was too slow and lost events: read the log from the last sequence number you have."""


class Subscription:
    """A bounded inbox of ``(sequence, event)``; ``get`` raises ``Overrun`` once after a loss."""

    def __init__(self) -> None:
        self._queue: Queue = Queue(maxsize=SUBSCRIBER_BOUND)
        self._overrun = False

    def put(self, item: tuple[int, Any]) -> None:
        try:
            self._queue.put_nowait(item)
        except Full:
            self._overrun = True

    def get(self, timeout: float) -> tuple[int, Any]:
        """The next event; ``gevent.queue.Empty`` after ``timeout`` seconds."""
        if self._overrun and self._queue.empty():
            self._overrun = False
            raise Overrun
        return self._queue.get(timeout=timeout)


class Bus:
    """One dispatcher, many subscribers."""

    def __init__(self) -> None:
        self._subscribers: set[Subscription] = set()
        self._dispatch: Callable[[Command], list[Event] | Refused] | None = None

    def attach(self, dispatch: Callable[[Command], list[Event] | Refused]) -> None:
        """Name the dispatcher. ``dispatch`` returns after the events are committed."""
        self._dispatch = dispatch

    def submit(self, command: Command) -> list[Event] | Refused:
        """Ask the dispatcher; returns committed events or a refusal. Raises ``RuntimeError`` before start."""
        if self._dispatch is None:
            raise RuntimeError("the dispatcher is not running yet")
        return self._dispatch(command)

    def publish(self, sequence: int, event: Any) -> None:
        """Hand a committed event to all subscribers; never blocks."""
        for subscriber in tuple(self._subscribers):
            subscriber.put((sequence, event))

    @contextmanager
    def subscribe(self) -> Iterator[Subscription]:
        """Receive every event published from now on."""
        subscription = Subscription()
        self._subscribers.add(subscription)
        try:
            yield subscription
        finally:
            self._subscribers.discard(subscription)

    def follow(self, who: str, on_overrun: Callable[[], None] = lambda: None) -> Iterator[Event]:
        """Every event published from now on, without end. Lost ones are logged as ``WHO-overrun`` and told."""
        with self.subscribe() as inbox:
            while True:
                try:
                    _, event = inbox.get(timeout=LOOK_AGAIN_S)
                except Empty:
                    continue
                except Overrun:
                    log.error(f"{who}-overrun")
                    on_overrun()
                    continue
                yield event
