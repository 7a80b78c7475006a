"""Vosk: the default recogniser wherever a model is installed. The only file that imports vosk.

Each rule here stands for a measured trap: ``Model(path)`` only (``lang=`` goes to the network and may exit), files
checked before (vosk only says "failed"), always 16 kHz (small-en-us has no allow-upsample), one recogniser in one
thread (two abort the process), no grammar change while speaking, no empty grammar, bytes only.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any, ClassVar

from recordings.transcribe.engine import RATE, Absent, AsrEngine, EngineError, Found, Places, Segment
from recordings.transcribe.grammar import guarded_grammar
from recordings.transcribe.models import ModelMissing, can_restrict, find_model, missing_files
from recordings.wav import Samples

FED_AT_ONCE = RATE // 4
FED_AT_MOST_S = 1800.0  # then a new recogniser: it counts its samples in floats


class VoskEngine(AsrEngine):
    """Words with times, streaming, grammars; Apache-2.0. Its models are installed apart."""

    type: ClassVar[str] = "vosk"
    rank: ClassVar[int] = 10

    @classmethod
    def look(cls, language: str, places: Places) -> Found | Absent:
        model = find_model(language, places)
        if isinstance(model, ModelMissing):
            return Absent(str(model))
        return Found(cls.type, language, f"vosk {_short(model.name)}", str(model.path))

    def __init__(self, found: Found) -> None:
        folder = Path(found.model)
        problem = missing_files(folder)
        if problem:
            raise EngineError(f"asr: {folder} is not a Vosk model: {problem}")
        try:
            import vosk  # type: ignore[import-untyped]
        except (ImportError, OSError) as error:
            raise EngineError(f"asr: vosk cannot be loaded ({error}); pip install vosk==0.3.45") from None
        vosk.SetLogLevel(-1)
        try:
            self._model: Any = vosk.Model(str(folder))
        except Exception as error:  # vosk raises bare Exception
            raise EngineError(f"asr: {folder}: {error}; install the model again") from None
        self._make: Any = vosk.KaldiRecognizer
        self._is_restrictable = can_restrict(folder)
        self._free: Any = None  # the unrestricted recogniser, kept (see _unrestricted)
        self._fed_s = 0.0

    def recognise(self, samples: Samples, phrases: Sequence[str] = ()) -> list[Segment]:
        recognizer, start_s = self._restricted(phrases) if phrases else self._unrestricted(len(samples) / RATE)
        sound = samples.astype("<i2").tobytes()  # bytes: a bytearray or an array is a TypeError
        answers: list[dict[str, Any]] = []
        try:
            for at in range(0, len(sound), 2 * FED_AT_ONCE):
                if recognizer.AcceptWaveform(sound[at : at + 2 * FED_AT_ONCE]):
                    answers.append(json.loads(recognizer.Result()))
            answers.append(json.loads(recognizer.FinalResult()))
        except Exception as error:  # bare Exception from vosk, ValueError from json
            self._free = None
            raise EngineError(f"asr: vosk: {error}", is_retryable=True) from None
        return [segment for answer in answers if (segment := _segment(answer, start_s))]

    def _unrestricted(self, seconds: float) -> tuple[Any, float]:
        """The kept recogniser and what its word times count from.

        A new one composes its graph for seconds (5.3 s of speech: 4.3 s new, 0.8 s kept, Korean model), while
        ``FinalResult`` drops everything of the speaker before; only its clock goes on.
        """
        if self._free is None or self._fed_s > FED_AT_MOST_S:
            self._free, self._fed_s = self._make(self._model, RATE), 0.0
            self._free.SetWords(True)
        start_s = self._fed_s
        self._fed_s += seconds
        return self._free, start_s

    def _restricted(self, phrases: Sequence[str]) -> tuple[Any, float]:
        if not self._is_restrictable:
            raise EngineError("asr: this model takes no grammar (it has HCLG.fst); use a small or lgraph model")
        try:
            grammar = guarded_grammar(phrases, lambda word: self._model.vosk_model_find_word(word) >= 0)
        except ValueError as error:
            raise EngineError(f"asr: {error}") from None
        recognizer = self._make(self._model, RATE, grammar)
        recognizer.SetWords(True)
        return recognizer, 0.0


def _short(name: str) -> str:
    return name.removeprefix("vosk-model-") or name


def _segment(answer: dict[str, Any], start_s: float) -> Segment | None:
    words = answer.get("result") or []
    if not answer.get("text") or not words:
        return None
    first, last = float(words[0]["start"]) - start_s, float(words[-1]["end"]) - start_s
    return Segment(str(answer["text"]), max(0.0, first), max(0.0, last))
