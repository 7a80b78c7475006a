"""Who hears which event: the subscribers of one switch, in the order they came.

Not here: filters and formats (``event_socket.subscription``), building events (``session_events.py``).
"""

from __future__ import annotations

from typing import Protocol

from eslapp.softswitch.events import Event


class Subscriber(Protocol):
    """Somebody who may want events."""

    def wants(self, name: str, subclass: str) -> bool:
        """A quick look at name and subclass, before the event is built."""

    def deliver(self, event: Event) -> None:
        """Take it; must not block and must not raise."""


class EventBus:
    """See the module."""

    def __init__(self) -> None:
        self._subscribers: list[Subscriber] = []

    def add(self, subscriber: Subscriber) -> None:
        """Begin to hear."""
        self._subscribers.append(subscriber)

    def remove(self, subscriber: Subscriber) -> None:
        """Stop hearing; unknown ones are ignored."""
        if subscriber in self._subscribers:
            self._subscribers.remove(subscriber)

    def is_wanted(self, name: str, subclass: str = "") -> bool:
        """Whether anybody could want it."""
        return any(subscriber.wants(name, subclass) for subscriber in self._subscribers)

    def publish(self, event: Event) -> None:
        """Hand it to everybody who wants it."""
        name, subclass = event.name, event.subclass
        for subscriber in list(self._subscribers):
            if subscriber.wants(name, subclass):
                subscriber.deliver(event)
