"""The two clocks: wall time for what is stored, monotonic time for what is waited for."""

from __future__ import annotations

import time
from collections.abc import Callable

Clock = Callable[[], float]

wall: Clock = time.time  # UTC seconds, for ``*_at``
monotonic: Clock = time.monotonic  # for deadlines only
