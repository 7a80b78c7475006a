"""Two soft tones: what a prompt is where no voice at all is installed, so that no caller meets silence."""

from __future__ import annotations

from typing import ClassVar

import numpy as np

from recordings.speech.voice import Sound, VoiceEngine

RATE = 8_000
_NOTES = ((523.25, 0.18), (659.25, 0.28))  # Hz, seconds


class ToneVoice(VoiceEngine):
    """Speaks every language equally badly. The page says which prompts are tones."""

    type: ClassVar[str] = "tone"
    rank: ClassVar[int] = 99
    voices: ClassVar[dict[str, str]] = {}
    is_fallback: ClassVar[bool] = True

    @classmethod
    def why_not(cls, language: str) -> str:
        return ""

    def speak(self, text: str, language: str, voice: str = "") -> tuple[Sound, int]:
        return np.concatenate([_note(pitch, seconds) for pitch, seconds in _NOTES]), RATE


def _note(pitch: float, seconds: float) -> Sound:
    at = np.arange(round(seconds * RATE)) / RATE
    swell = np.minimum(1.0, np.minimum(at, at[::-1]) / 0.02)
    return (0.3 * swell * np.sin(2 * np.pi * pitch * at)).astype(np.float32)
