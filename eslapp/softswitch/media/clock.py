"""The one media clock: calls every port each 20 ms of real time, for ever on the same grid.

A late wake-up makes up for at most five ticks; what is beyond is skipped and counted, and time stamps jump along.
Not here: what a port does in its tick (``port.py``).
"""

from __future__ import annotations

import asyncio
import logging
from typing import Protocol

log = logging.getLogger(__name__)
TICK_S = 0.02
MAX_CATCH_UP = 5


class Ticking(Protocol):
    """What the clock drives: all ``tick_receive`` first, then all ``tick_send``."""

    def tick_receive(self) -> None:
        """Take what arrived since the last tick."""

    def tick_send(self, index: int) -> None:
        """Send; ``index`` is the number of the tick, the same for all."""

    def close(self) -> None:
        """Called when a tick raised: the port is broken, the others go on."""


class MediaClock:
    """Runs while somebody is on it."""

    def __init__(self) -> None:
        self.index = 0  # grows by one per 20 ms, skipped ticks included
        self.skipped = 0
        self.late_max_s = 0.0
        self._ports: dict[Ticking, None] = {}
        self._snapshot: tuple[Ticking, ...] | None = ()
        self._timer: asyncio.TimerHandle | None = None
        self._due = 0.0

    def add(self, port: Ticking) -> None:
        """Start ticking it, from the next tick on."""
        self._ports[port] = None
        self._snapshot = None
        if self._timer is None:
            loop = asyncio.get_running_loop()
            self._due = loop.time() + TICK_S
            self._timer = loop.call_at(self._due, self._wake)

    def remove(self, port: Ticking) -> None:
        """Never tick it again, not even later in this tick's other half."""
        self._ports.pop(port, None)
        self._snapshot = None
        if not self._ports and self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def until_tick_s(self) -> float:
        """Seconds to the next tick; a whole one while nobody is on the clock."""
        left = self._due - asyncio.get_running_loop().time()
        return max(0.0, left) if self._timer is not None else TICK_S

    def __len__(self) -> int:
        return len(self._ports)

    def _wake(self) -> None:
        self._timer = None
        loop = asyncio.get_running_loop()
        late = loop.time() - self._due
        self.late_max_s = max(self.late_max_s, late)
        due = 1 + int(late / TICK_S)
        skip = max(0, due - MAX_CATCH_UP)
        self.skipped += skip
        self.index += skip
        self._due += due * TICK_S
        for _ in range(due - skip):
            self.tick()
        if self._ports and self._timer is None:
            self._timer = loop.call_at(self._due, self._wake)

    def tick(self) -> None:
        """One tick of everybody (public for tests and simulations)."""
        self.index += 1
        if self._snapshot is None:
            self._snapshot = tuple(self._ports)
        ports, index, alive = self._snapshot, self.index, self._ports
        for port in ports:
            try:
                port.tick_receive()
            except Exception:
                self._break(port)
        for port in ports:
            if port in alive:
                try:
                    port.tick_send(index)
                except Exception:
                    self._break(port)

    def _break(self, port: Ticking) -> None:
        log.exception("media port broken, closing it")
        self.remove(port)
        port.close()
