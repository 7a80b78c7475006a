"""How long nobody has been heard on a port, and when that is too long. Pure: counts ticks of 20 ms.

Not here: hearing (``ear.py``), what follows (the switch's ``silence.py``).
"""

from __future__ import annotations

from collections.abc import Callable

TICKS_PER_S = 50


class SilenceWatch:
    """``on_silent`` is called once, when no packet came for ``limit_s``; 0 watches nothing."""

    __slots__ = ("on_silent", "_limit", "_packets", "_ticks")

    def __init__(self) -> None:
        self.on_silent: Callable[[], None] | None = None
        self._limit = 0
        self._packets = 0
        self._ticks = 0

    def allow(self, limit_s: float) -> None:
        """From now on so much silence is allowed; what went by already counts no more."""
        self._limit = round(limit_s * TICKS_PER_S)
        self._ticks = 0

    def tick(self, packets: int) -> None:
        """20 ms went by; ``packets`` were heard since the port was opened."""
        if not self._limit:
            return
        if packets != self._packets:
            self._packets = packets
            self._ticks = 0
            return
        self._ticks += 1
        if self._ticks >= self._limit:
            self._limit = 0
            if self.on_silent is not None:
                self.on_silent()
