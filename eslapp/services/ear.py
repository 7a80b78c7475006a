"""Listens to a contact's leg: has the switch record it to a file and judges the growing file.

Owns: the recording of one utterance or message, and when it is over: a key, a pause, silence, the limit.
Not here: what is said before (``caller_leg``), the judgement (``recordings.utterance``), words (``hearing_words``).

    with Ear(leg, path, is_stereo=True) as ear:
        ended = ear.until_over(Utterance(pause_s=1, first_s=5, longest_s=10), keys="#")
"""

from __future__ import annotations

from collections.abc import Container
from pathlib import Path
from types import TracebackType

import numpy as np
from gevent import get_hub

from eslapp.clock import monotonic
from eslapp.log import get_log
from eslapp.services.caller_leg import CallerLeg
from recordings.levels import Levels, frame_levels
from recordings.utterance import SILENT, STEP_S, Utterance, speech_of
from recordings.wav import WavError, open_wav, read_channel

log = get_log("ear")

LOOK_EVERY_S = 0.12
SPARE_S = 5.0  # over the limits, where the file does not grow: then the clock decides


class Ear:
    """One recording of the contact's voice. Raises ``LegGone`` and ``LegTaken`` as the leg does."""

    def __init__(self, leg: CallerLeg, path: Path, *, is_stereo: bool) -> None:
        self._leg = leg
        self._path = path
        self._is_stereo = is_stereo
        self._levels: Levels = np.empty(0, dtype=np.float64)

    def __enter__(self) -> Ear:
        self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._leg.record(str(self._path), is_stereo=self._is_stereo)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None) -> None:
        self._leg.stop_recording(str(self._path))

    def until_over(self, rule: Utterance, keys: Container[str] = "") -> str:
        """A key of ``keys``, or "spoken", "silent", "too_long". The time to begin counts once nothing plays."""
        since_s, began = 0.0, monotonic()
        limit_s = rule.first_s + rule.longest_s + SPARE_S
        while True:
            if key := self._leg.key(keys):
                return key
            levels = self.levels()
            if self._leg.is_sounding:
                since_s, began = len(levels) * STEP_S, monotonic()
            elif judged := rule.judge(levels, since_s):
                return judged
            elif monotonic() - began > limit_s:
                log.warning("ear-deaf", leg=self._leg.leg, heard_s=len(levels) * STEP_S)
                return SILENT
            self._leg.pause_or_key(LOOK_EVERY_S)

    def levels(self) -> Levels:
        """How loud the contact was so far, frame by frame."""
        new = get_hub().threadpool.apply(levels_of, (self._path, len(self._levels) * STEP_S))
        self._levels = np.concatenate([self._levels, new])
        return self._levels

    @property
    def spoken_s(self) -> float:
        """How long the contact has spoken so far."""
        return speech_of(self.levels())[2]


def levels_of(path: Path, start_s: float = 0.0) -> Levels:
    """The levels of the contact's channel of a file that may still grow; none where it cannot be read yet."""
    try:
        found = open_wav(path)
        return frame_levels(read_channel(found, 0, start_s=start_s), found.rate)
    except (OSError, WavError):
        return np.empty(0, dtype=np.float64)
