"""The two clocks: wall time for what is stored, monotonic time for what is waited for."""

from __future__ import annotations

import time
from collections.abc import Callable

Clock = Callable[[], float]

wall: Clock = time.time  # UTC seconds, for ``*_at``
monotonic: Clock = time.monotonic  # for deadlines only


def steady(wall: Clock = wall, monotonic: Clock = monotonic) -> Clock:
    """Wall time that never jumps: anchored now, carried on by the monotonic clock.

    Whoever derives timers from stored instants takes one of these for the life of the process: an hour's step of the
    machine's clock then neither lets offers ring out nor makes waits negative.

    >>> now = steady(wall=lambda: 1000.0, monotonic=iter([5.0, 5.5]).__next__)
    >>> now()
    1000.5
    """
    offset = wall() - monotonic()
    return lambda: offset + monotonic()
