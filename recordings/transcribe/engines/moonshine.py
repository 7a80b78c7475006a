"""Moonshine tiny: English, its model inside the package (moonshine-voice==0.0.73, MIT; later ones have none)."""

from __future__ import annotations

import importlib.util
from collections.abc import Sequence
from pathlib import Path
from typing import Any, ClassVar

import numpy as np

from recordings.transcribe.engine import RATE, Absent, AsrEngine, EngineError, Found, Places, Segment
from recordings.wav import Samples

FILES = ("encoder_model.ort", "decoder_model_merged.ort", "tokenizer.bin")
PACKAGE = "moonshine_voice"
MEND = "pip install moonshine-voice==0.0.73"


class MoonshineEngine(AsrEngine):
    """Line times, no word times; 0.06 s of work per second of speech on one core."""

    type: ClassVar[str] = "moonshine"
    rank: ClassVar[int] = 20

    @classmethod
    def look(cls, language: str, places: Places) -> Found | Absent:
        if language != "en":
            return Absent(f"asr: moonshine writes English only, not '{language}'")
        spec = importlib.util.find_spec(PACKAGE)
        if spec is None or not spec.origin:
            return Absent(f"asr: moonshine-voice is not installed; {MEND}")
        folder = Path(spec.origin).parent / "assets" / "tiny-en"
        lacking = [name for name in FILES if not (folder / name).is_file()]
        if lacking:
            return Absent(f"asr: this version of moonshine-voice brings no model ({', '.join(lacking)}); {MEND}")
        return Found(cls.type, language, "moonshine tiny-en", str(folder))

    def __init__(self, found: Found) -> None:
        try:
            from moonshine_voice.moonshine_api import ModelArch  # type: ignore[import-untyped]
            from moonshine_voice.transcriber import Transcriber  # type: ignore[import-untyped]

            self._transcriber: Any = Transcriber(found.model, ModelArch.TINY)
        except Exception as error:  # its library may not fit this machine
            raise EngineError(f"asr: moonshine cannot be loaded ({error}); {MEND}") from None

    def recognise(self, samples: Samples, phrases: Sequence[str] = ()) -> list[Segment]:
        sound = (samples.astype(np.float32) / 32768).tolist()
        try:
            lines = self._transcriber.transcribe_without_streaming(sound, RATE).lines
        except Exception as error:
            raise EngineError(f"asr: moonshine: {error}", is_retryable=True) from None
        return [
            Segment(line.text.strip(), line.start_time, line.start_time + line.duration)
            for line in lines
            if line.text.strip()
        ]
