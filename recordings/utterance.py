"""When somebody has finished speaking: judged from the levels of a recording that still grows. Pure.

Owns: the judgement. Not here: reading the file (``wav``), levels and noise (``levels``), recording (the daemon).

>>> quiet, loud = np.full(50, -90.0), np.full(50, -20.0)  # a second each
>>> Utterance(pause_s=1.0, first_s=3.0, longest_s=10.0).judge(np.concatenate([quiet, loud, quiet, quiet]))
'spoken'
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .levels import FRAME_MS, Levels, speech_threshold

SPOKEN, SILENT, TOO_LONG = "spoken", "silent", "too_long"
SHORTEST_S = 0.2  # a click is not a word
STEP_S = FRAME_MS / 1000


@dataclass(frozen=True, slots=True)
class Utterance:
    """``pause_s`` of silence after speech ends it; ``first_s`` to begin, ``longest_s`` in all; seconds."""

    pause_s: float
    first_s: float
    longest_s: float

    def judge(self, levels: Levels, since_s: float = 0.0) -> str:
        """ "spoken", "silent", "too_long", or "" while it goes on. ``since_s``: when the time to begin started."""
        total_s = len(levels) * STEP_S
        first, last, loud_s = speech_of(levels)
        if loud_s >= SHORTEST_S:
            if total_s - last >= self.pause_s and last > since_s:
                return SPOKEN
            return TOO_LONG if total_s - max(first, since_s) >= self.longest_s else ""
        return SILENT if total_s - since_s >= self.first_s else ""


def speech_of(levels: Levels) -> tuple[float, float, float]:
    """``(first, last, in all)`` seconds of speech; zeros where there is none."""
    loud = np.flatnonzero(levels > speech_threshold(levels))
    if not len(loud):
        return 0.0, 0.0, 0.0
    return float(loud[0]) * STEP_S, float(loud[-1] + 1) * STEP_S, len(loud) * STEP_S
