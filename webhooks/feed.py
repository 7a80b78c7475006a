"""One ordered copy of the event log for all live streams of this daemon.

Owns: reading each committed event once, in order, and handing it to bounded subscribers.
Not here: what a stream shows to whom (``push``, ``api.events``, ``channels.webchat``).

Several writers publish on the bus, so numbers may arrive out of order there: the bus only wakes this
feed up, the log decides. A subscriber that falls ``STREAM_BOUND`` behind is closed and resumes by its
``Last-Event-ID``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any

import gevent
from gevent.queue import Empty, Full, Queue

from eslapp.bus import Bus, Overrun
from eslapp.log import get_log, spawn

STREAM_BOUND = 1_000
PAGE = 500
POLL_S = 5.0  # the log is looked at this often even when nobody published

log = get_log("webhooks.feed")

ReadAfter = Callable[[int, int], list[tuple[int, Any]]]  # (sequence, limit) -> [(sequence, event)] ascending


@dataclass(frozen=True, slots=True)
class Typing:
    """Somebody writes just now. ``by``: "contact" or "agent". Told to who looks, kept nowhere, never resumed."""

    interaction: str
    by: str


@dataclass(frozen=True, slots=True)
class CutOff:
    """Put to a subscriber that was too slow, or at the end: the stream must close."""


class FeedSubscription:
    """A bounded inbox of ``(sequence, event)``."""

    def __init__(self, bound: int = STREAM_BOUND) -> None:
        self._queue: Queue = Queue(maxsize=bound)
        self.is_cut = False

    def put(self, item: tuple[int, Any]) -> None:
        """Add an event; a full inbox is cut off instead."""
        try:
            self._queue.put_nowait(item)
        except Full:
            self.is_cut = True

    def get(self, timeout: float) -> tuple[int, Any] | CutOff | None:
        """The next event, ``CutOff`` when nothing more will come, ``None`` after ``timeout`` seconds."""
        if self.is_cut:
            return CutOff()
        try:
            item = self._queue.get(timeout=timeout)
        except Empty:
            item = None
        return CutOff() if self.is_cut else item

    def cut(self) -> None:
        """Wake the reader up for the last time."""
        self.is_cut = True
        with suppress(Full):
            self._queue.put_nowait((0, None))


class Feed:
    """The log, live and in order. ``position`` is the last sequence number handed out."""

    def __init__(self, bus: Bus, read_after: ReadAfter, position: int) -> None:
        self._bus = bus
        self._read_after = read_after
        self.position = position
        self._subscribers: set[FeedSubscription] = set()
        self._greenlet: gevent.Greenlet | None = None

    def start(self) -> None:
        """Begin to follow the log."""
        self._greenlet = spawn(self._follow)

    def stop(self) -> None:
        """End all streams and stop following."""
        if self._greenlet is not None:
            self._greenlet.kill(timeout=2)
        for subscriber in tuple(self._subscribers):
            subscriber.cut()

    def __len__(self) -> int:
        return len(self._subscribers)

    @contextmanager
    def subscribe(self, bound: int = STREAM_BOUND) -> Iterator[FeedSubscription]:
        """Receive every event after ``position`` as it is now."""
        subscription = FeedSubscription(bound)
        self._subscribers.add(subscription)
        try:
            yield subscription
        finally:
            self._subscribers.discard(subscription)

    def whisper(self, typing: Typing) -> None:
        """Tell who looks at this daemon now; it has no number."""
        for subscriber in tuple(self._subscribers):
            subscriber.put((0, typing))

    def _follow(self) -> None:
        with self._bus.subscribe() as wakeups:
            while True:
                try:
                    self._take(wakeups.get(timeout=POLL_S))
                except (Empty, Overrun):
                    self._catch_up()

    def _take(self, item: tuple[int, Any]) -> None:
        sequence, event = item
        if sequence == self.position + 1:
            self._hand_out(sequence, event)
        elif sequence > self.position:
            self._catch_up()

    def _catch_up(self) -> None:
        try:
            while page := self._read_after(self.position, PAGE):
                for sequence, event in page:
                    self._hand_out(sequence, event)
        except Exception as error:  # the store is down: the next wake-up or poll tries again
            log.warning("feed-read-failed", reason=str(error))

    def _hand_out(self, sequence: int, event: Any) -> None:
        self.position = sequence
        for subscriber in tuple(self._subscribers):
            subscriber.put((sequence, event))
