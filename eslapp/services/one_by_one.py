"""One at a time for each key: who moves the same thing waits, who moves another does not.

Owns: the locks while somebody has them. Not here: what is moved (``chats``).
"""

from __future__ import annotations

from weakref import WeakValueDictionary

from gevent.lock import RLock


class OneByOne:
    """``with moving.alone(interaction): ...``; the greenlet that has it may take it again."""

    def __init__(self) -> None:
        self._locks: WeakValueDictionary[str, RLock] = WeakValueDictionary()

    def alone(self, key: str) -> RLock:
        """The lock of this key; it is forgotten with its last holder."""
        lock = self._locks.get(key)
        if lock is None:
            lock = self._locks[key] = RLock()
        return lock
