"""Who hears which event: the subscribers of one switch, in the order they came.

Those who follow one channel are found by its id, so that an event costs the same with one call as with a thousand.
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
        self._subscribers: dict[Subscriber, str] = {}  # everybody, and the one channel they follow ("": all)
        self._by_leg: dict[str, list[Subscriber]] = {"": []}

    def add(self, subscriber: Subscriber) -> None:
        """Begin to hear."""
        self._subscribers[subscriber] = ""
        self._by_leg[""].append(subscriber)

    def follow(self, subscriber: Subscriber, leg: str) -> None:
        """From now on only events of this channel ("": of all again) can matter to it."""
        if self._subscribers.get(subscriber, leg) != leg:
            self.remove(subscriber)
            self._subscribers[subscriber] = leg
            self._by_leg.setdefault(leg, []).append(subscriber)

    def remove(self, subscriber: Subscriber) -> None:
        """Stop hearing; unknown ones are ignored."""
        leg = self._subscribers.pop(subscriber, None)
        if leg is not None:
            self._by_leg[leg].remove(subscriber)
            if leg and not self._by_leg[leg]:
                del self._by_leg[leg]

    def is_wanted(self, name: str, subclass: str = "", leg: str = "") -> bool:
        """Whether anybody could want it; ``leg``: the channel it is about."""
        return any(subscriber.wants(name, subclass) for subscriber in self._concerned(leg))

    def publish(self, event: Event) -> None:
        """Hand it to everybody who wants it."""
        name, subclass = event.name, event.subclass
        for subscriber in self._concerned(event.get("Unique-ID")):
            if subscriber.wants(name, subclass):
                subscriber.deliver(event)

    def _concerned(self, leg: str) -> list[Subscriber]:
        followers = self._by_leg.get(leg) if leg else None
        return [*self._by_leg[""], *followers] if followers else list(self._by_leg[""])
