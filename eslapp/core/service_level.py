"""How many were answered in time: the figure by which a queue keeps its promise ("80 % in 20 s").

Of those who came: answered in time / (answered + left or waiting after the target was over). Who left before the target
was over broke no promise and does not count (the usual rule of short abandons). Pure.

>>> level(20.0, [Wait(0.0, answered_at=15.0), Wait(0.0, answered_at=30.0), Wait(0.0, left_at=5.0)], at=60.0).share
0.5
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Wait:
    """One contact in line: since when, and how it ended; neither: still waiting. POSIX seconds."""

    since: float
    answered_at: float | None = None
    left_at: float | None = None


@dataclass(frozen=True, slots=True)
class Level:
    """The counts behind the figure; ``share`` is None where nobody counts."""

    answered: int = 0
    in_time: int = 0
    late: int = 0  # left, or still waiting, after the target was over

    @property
    def share(self) -> float | None:
        """From 0 to 1."""
        counted = self.answered + self.late
        return self.in_time / counted if counted else None


def level(target_s: float, waits: Iterable[Wait], at: float) -> Level:
    """The level of these waits as seen at the instant ``at``."""
    answered = in_time = late = 0
    for one in waits:
        waited_s = (one.answered_at or one.left_at or at) - one.since
        if one.answered_at is not None:
            answered += 1
            in_time += waited_s <= target_s
        else:
            late += waited_s > target_s
    return Level(answered, in_time, late)
