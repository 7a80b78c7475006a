"""Who asked too much: counts failed passwords and requests per source, pure (the time is given in).

Not here: what is done to a banned source (``stack.py`` does not answer it).
"""

from __future__ import annotations

from collections import OrderedDict, deque


def source_of(addr: tuple[str, int]) -> str:
    """Who a packet is counted for: its host; on loopback the socket, since every local process shares the host.

    >>> source_of(("192.0.2.1", 5060)), source_of(("127.0.0.1", 5060))
    ('192.0.2.1', '127.0.0.1:5060')
    """
    host, port = addr
    return f"{host}:{port}" if host.startswith("127.") or host == "::1" else host


FULL_AFTER_S = 2.0


class FailureGuard:
    """Bans a source for ``ban_s`` after ``failures`` wrong passwords within a minute. At most 10,000 sources."""

    def __init__(self, failures: int = 10, ban_s: float = 900.0, sources: int = 10_000) -> None:
        self._failures = failures
        self._ban_s = ban_s
        self._sources = sources
        self._recent: OrderedDict[str, deque[float]] = OrderedDict()
        self._banned: OrderedDict[str, float] = OrderedDict()

    def fail(self, source: str, now: float) -> bool:
        """Count one; True when this one brought the ban."""
        times = self._recent.setdefault(source, deque(maxlen=self._failures))
        self._recent.move_to_end(source)
        times.append(now)
        if len(self._recent) > self._sources:
            self._recent.popitem(last=False)
        if len(times) < self._failures or now - times[0] > 60.0:
            return False
        del self._recent[source]
        self._banned[source] = now + self._ban_s
        if len(self._banned) > self._sources:
            self._banned.popitem(last=False)
        return True

    def is_banned(self, source: str, now: float) -> bool:
        """Whether the source is out just now."""
        until = self._banned.get(source)
        if until is None:
            return False
        if now < until:
            return True
        del self._banned[source]
        return False


class RateGuard:
    """A token bucket per source: ``per_s`` on average, twice that at once. At most 10,000 sources.

    A bucket that is full again is forgotten: only who asked within the last two seconds costs memory.
    """

    def __init__(self, per_s: float, sources: int = 10_000) -> None:
        self._per_s = per_s
        self._sources = sources
        self._buckets: OrderedDict[object, tuple[float, float]] = OrderedDict()

    def take(self, source: object, now: float) -> bool:
        """One token; False when there is none left."""
        tokens, at = self._buckets.get(source, (2 * self._per_s, now))
        tokens = min(2 * self._per_s, tokens + (now - at) * self._per_s)
        is_allowed = tokens >= 1.0
        self._buckets[source] = (tokens - 1.0 if is_allowed else tokens, now)
        self._buckets.move_to_end(source)
        if len(self._buckets) > self._sources:
            self._buckets.popitem(last=False)
        while self._buckets and next(iter(self._buckets.values()))[1] < now - FULL_AFTER_S:
            self._buckets.popitem(last=False)
        return is_allowed
