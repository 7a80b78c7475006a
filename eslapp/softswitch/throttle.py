"""How many sessions may begin within one second: ``sessions-per-second`` as FreeSWITCH keeps it. Pure.

Not here: how many there are at once (``switch.py``).

>>> rate = SessionRate(3)
>>> [rate.is_full(0.5) or rate.count(0.5) for _ in range(4)], rate.is_full(1.0)
([None, None, True, True], False)
"""

from __future__ import annotations


class SessionRate:
    """Every session is counted; whoever asks first refuses what would be the last one, as FreeSWITCH does."""

    def __init__(self, most: int) -> None:
        self.most = most
        self._second = -1
        self._begun = 0

    def count(self, now: float) -> None:
        """One has begun; ``now`` in seconds."""
        self._turn(now)
        self._begun += 1

    def is_full(self, now: float) -> bool:
        """Whether this second has no room for another."""
        self._turn(now)
        return self._begun >= max(1, self.most - 1)

    def _turn(self, now: float) -> None:
        if int(now) != self._second:
            self._second, self._begun = int(now), 0
