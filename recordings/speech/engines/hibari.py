"""hibari-tts: small English voice, everything in its wheel (Apache-2.0, af_heart of Kokoro-82M distilled)."""

from __future__ import annotations

from typing import Any, ClassVar

from recordings.speech.voice import Sound, VoiceEngine, base, is_installed

RATE = 24_000


class HibariVoice(VoiceEngine):
    """0.008 s of work per second of speech: the default for English."""

    type: ClassVar[str] = "hibari"
    rank: ClassVar[int] = 10
    voices: ClassVar[dict[str, str]] = {"en": "af_heart"}

    def __init__(self) -> None:
        from hibari import Hibari

        self._tts: Any = Hibari()  # the voice inside the wheel; the others would be downloaded

    @classmethod
    def why_not(cls, language: str) -> str:
        if base(language) not in cls.voices:
            return f"hibari speaks English, not {language!r}"
        return "" if is_installed("hibari") else "hibari-tts is not installed; pip install 'zongji[tts]'"

    def speak(self, text: str, language: str, voice: str = "") -> tuple[Sound, int]:
        return self._tts(text, seed=0), RATE  # the same text gives the same file
