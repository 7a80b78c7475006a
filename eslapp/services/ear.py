"""Listens to a contact's leg: has the switch record it to a file and judges the growing file.

Owns: the recording of one utterance or message, and when it is over: a key, a pause, silence, the limit; and ending
the prompt where the contact speaks over it.
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
from recordings.layout import CONTACT_CHANNEL
from recordings.levels import Levels, frame_levels
from recordings.utterance import SILENT, STEP_S, Utterance, interruption, speech_of
from recordings.wav import WavError, mono_bytes, open_wav, read_channel

log = get_log("ear")

LOOK_EVERY_S = 0.12
PLAYED_CHANNEL = 1 - CONTACT_CHANNEL
SPARE_S = 5.0  # over the limits, where the file does not grow: then the clock decides


class Ear:
    """One recording of the contact's voice. Raises ``LegGone`` and ``LegTaken`` as the leg does."""

    def __init__(self, leg: CallerLeg, path: Path, *, is_stereo: bool) -> None:
        self._leg = leg
        self._path = path
        self._is_stereo = is_stereo
        self._levels: Levels = np.empty(0, dtype=np.float64)
        self._played: Levels = np.empty(0, dtype=np.float64)  # what the contact was played, where it is recorded too
        self.since_s = 0.0  # from when on the recording counts

    def __enter__(self) -> Ear:
        self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._leg.record(str(self._path), is_stereo=self._is_stereo)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None) -> None:
        self._leg.stop_recording(str(self._path))

    def until_over(self, rule: Utterance, keys: Container[str] = "", *, may_interrupt: bool = False) -> str:
        """A key of ``keys``, or "spoken", "silent", "too_long". The time to begin counts once nothing plays;
        ``may_interrupt``: speech ends what plays."""
        began = monotonic()
        limit_s = rule.first_s + rule.longest_s + SPARE_S
        while True:
            if key := self._leg.key(keys):
                return key
            levels = self.levels()
            if self._leg.is_sounding:
                self.since_s, began = len(levels) * STEP_S, monotonic()
                if may_interrupt:
                    self._interrupted()
            elif judged := rule.judge(levels, self.since_s):
                return judged
            elif monotonic() - began > limit_s:
                log.warning("ear-deaf", leg=self._leg.leg, heard_s=len(levels) * STEP_S)
                return SILENT
            self._leg.pause_or_key(LOOK_EVERY_S)

    def _interrupted(self) -> None:
        """End what plays where the contact speaks over it; what was said since then counts."""
        new = get_hub().threadpool.apply(levels_of, (self._path, len(self._played) * STEP_S, PLAYED_CHANNEL))
        self._played = np.concatenate([self._played, new])
        onset_s = interruption(self._levels, self._played)
        if onset_s is not None:
            self._leg.hush()
            self.since_s = onset_s
            log.info("spoken-over", leg=self._leg.leg, at_s=round(onset_s, 2))

    def levels(self) -> Levels:
        """How loud the contact was so far, frame by frame."""
        new = get_hub().threadpool.apply(levels_of, (self._path, len(self._levels) * STEP_S))
        self._levels = np.concatenate([self._levels, new])
        return self._levels

    @property
    def spoken_s(self) -> float:
        """How long the contact has spoken so far."""
        return speech_of(self.levels())[2]


def levels_of(path: Path, start_s: float = 0.0, channel: int = CONTACT_CHANNEL) -> Levels:
    """The levels of one channel of a file that may still grow; none where it cannot be read yet."""
    try:
        found = open_wav(path)
        return frame_levels(read_channel(found, channel, start_s=start_s), found.rate)
    except (OSError, WavError):
        return np.empty(0, dtype=np.float64)


def keep_from(path: Path, start_s: float) -> None:
    """Leave only what the contact said from then on, in one channel: no echo of the prompt is taken for words."""
    found = open_wav(path)
    sound = mono_bytes(read_channel(found, CONTACT_CHANNEL, start_s=start_s), found.rate)
    path.write_bytes(sound)
