"""Counts tries in a sliding minute, per key, in bounded memory.

Owns: the counting. Not here: what is counted (``api.login``, ``channels.webchat``).

>>> now = [0.0]
>>> throttle = Throttle(2, 60.0, lambda: now[0])
>>> [throttle.is_open("a"), throttle.note("a"), throttle.note("a"), throttle.is_open("a")]
[True, None, None, False]
>>> now[0] = 61.0
>>> throttle.is_open("a")
True
"""

from __future__ import annotations

from collections import OrderedDict, deque
from collections.abc import Callable, Hashable

KEYS = 50_000  # beyond this the least recently used key is forgotten


class Throttle:
    """At most ``limit`` notes per key in ``window_s`` seconds."""

    def __init__(self, limit: int, window_s: float, monotonic: Callable[[], float]) -> None:
        self._limit = limit
        self._window_s = window_s
        self._monotonic = monotonic
        self._notes: OrderedDict[Hashable, deque[float]] = OrderedDict()

    def is_open(self, key: Hashable) -> bool:
        """Whether one more try is allowed now; does not count it."""
        notes = self._notes.get(key)
        if notes is None:
            return True
        earliest = self._monotonic() - self._window_s
        while notes and notes[0] <= earliest:
            notes.popleft()
        return len(notes) < self._limit

    def note(self, key: Hashable) -> None:
        """Count one try."""
        notes = self._notes.setdefault(key, deque(maxlen=self._limit))
        notes.append(self._monotonic())
        self._notes.move_to_end(key)
        if len(self._notes) > KEYS:
            self._notes.popitem(last=False)

    def take(self, key: Hashable) -> bool:
        """Count one try and say whether it was allowed."""
        allowed = self.is_open(key)
        if allowed:
            self.note(key)
        return allowed

    def forget(self, key: Hashable) -> None:
        """Start anew for this key (the right password was given)."""
        self._notes.pop(key, None)
