"""espeak-ng: the emergency voice. English is understandable; its Mandarin is not (CER over 250 %): label it so."""

from __future__ import annotations

import io
import shutil
import subprocess
import wave
from typing import ClassVar

import numpy as np

from recordings.speech.voice import Sound, VoiceEngine, VoiceError, base

TIMEOUT_S = 20.0
_PROGRAMS = ("espeak-ng", "espeak")


class EspeakVoice(VoiceEngine):
    """A Debian package (GPL-3 program, its output is free); never linked, only run."""

    type: ClassVar[str] = "espeak_ng"
    rank: ClassVar[int] = 90
    voices: ClassVar[dict[str, str]] = {"en": "en-us", "zh": "cmn"}
    is_fallback: ClassVar[bool] = True

    @classmethod
    def why_not(cls, language: str) -> str:
        return "" if _program() else "espeak-ng is not installed; apt-get install espeak-ng"

    def speak(self, text: str, language: str, voice: str = "") -> tuple[Sound, int]:
        command = [
            _program(),
            "--stdin",
            "--stdout",
            "-s",
            "150",
            "-v",
            self.voices.get(base(language), base(language)),
        ]
        try:
            done = subprocess.run(command, input=text.encode(), capture_output=True, timeout=TIMEOUT_S, check=True)
            return _sound(done.stdout)
        except (OSError, subprocess.SubprocessError, wave.Error, EOFError) as error:
            raise VoiceError(f"espeak could not say it: {error}") from None


def _program() -> str:
    return next((path for name in _PROGRAMS if (path := shutil.which(name))), "")


def _sound(content: bytes) -> tuple[Sound, int]:
    with wave.open(io.BytesIO(content)) as file:  # its data size is a made-up number: read what is there
        rate = file.getframerate()
        raw = file.readframes(min(file.getnframes(), len(content)))
    samples = np.frombuffer(raw[: len(raw) // 2 * 2], dtype="<i2")
    return (samples / np.float32(32768)).astype(np.float32), rate
