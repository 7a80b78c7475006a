"""No engine: the last choice for every language. It says clearly why there will be no words, and how to get them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from recordings.transcribe.engine import Absent, AsrEngine, EngineError, Found, Places, Segment
from recordings.transcribe.models import ModelMissing, find_model
from recordings.wav import Samples


class NoEngine(AsrEngine):
    """Calls go on, transcripts say the reason."""

    type: ClassVar[str] = "none"
    rank: ClassVar[int] = 99

    @classmethod
    def look(cls, language: str, places: Places) -> Found | Absent:
        model = find_model(language, places)
        reason = str(model) if isinstance(model, ModelMissing) else "asr: switched off"
        return Found(cls.type, language, "none", reason=reason)

    def __init__(self, found: Found) -> None:
        self._reason = found.reason

    def recognise(self, samples: Samples, phrases: Sequence[str] = ()) -> list[Segment]:
        raise EngineError(self._reason)
