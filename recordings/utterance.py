"""When somebody has finished speaking: judged from the levels of a recording that still grows. Pure.

Owns: the judgement, and whether somebody speaks over what is played.
Not here: reading the file (``wav``), levels and noise (``levels``), recording (the daemon).

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
ECHO_LOSS_DB = 15.0  # a telephone gives back what is played at least so much softer ...
ECHO_FRAMES = 20  # ... and at most so many frames (400 ms) later
SPOKEN_OVER_S, LOOK_BACK_S = 0.24, 0.8  # so much speech within that time is no click


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


def interruption(heard: Levels, played: Levels) -> float | None:
    """When somebody began to speak over what is played, in seconds; None: nobody does just now.

    What comes back as an echo is no speech: it has to be louder than that (Geigel's rule, for 20 ms frames).

    >>> prompt = np.full(100, -20.0)
    >>> interruption(prompt - 20, prompt), interruption(np.concatenate([prompt[:60] - 20, prompt[:40] - 5]), prompt)
    (None, 1.2)
    """
    count = min(len(heard), len(played))
    first = max(0, count - round(LOOK_BACK_S / STEP_S))
    if count == 0:
        return None
    echoes = [played[max(0, at - ECHO_FRAMES) : at + 1].max() - ECHO_LOSS_DB for at in range(first, count)]
    louder = heard[first:count] > np.maximum(np.array(echoes), speech_threshold(heard))
    if louder.sum() * STEP_S < SPOKEN_OVER_S:
        return None
    return float(first + np.flatnonzero(louder)[0]) * STEP_S
