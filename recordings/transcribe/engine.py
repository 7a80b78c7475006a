"""What every recogniser is: the base class of ``engines``, one file each.

Owns: the interface, what a search for a model returns. Not here: choosing (``selection``), processes (``server``).
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar

from recordings.levels import Gate
from recordings.wav import Samples

RATE = 16_000  # every engine is given 16 kHz; 8 kHz recordings are upsampled before (soxr)


class EngineError(RuntimeError):
    """A recording could not be written down; one line for the screen."""

    def __init__(self, text: str, *, is_retryable: bool = False) -> None:
        super().__init__(text)
        self.is_retryable = is_retryable


@dataclass(frozen=True, slots=True)
class Places:
    """Where models may lie: ``environ`` (ASR_MODEL_EN, VOSK_MODEL_PATH) and the site's ``var/models``."""

    environ: Mapping[str, str] = field(default_factory=dict)
    site_models: Path | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """An engine that can write a language down, with its model. ``name`` goes on every screen: engine and model."""

    engine: str
    language: str
    name: str
    model: str = ""  # a folder; empty where the model is inside a package
    reason: str = ""  # of the "none" engine: why nothing better was found

    def as_json(self) -> dict[str, Any]:
        fields = ("engine", "language", "name", "model", "reason")
        return {name: getattr(self, name) for name in fields}


@dataclass(frozen=True, slots=True)
class Absent:
    """Why an engine cannot write a language down; with the mend."""

    reason: str


@dataclass(frozen=True, slots=True)
class Segment:
    """Words as the engine grouped them; seconds from the start of the samples it was given."""

    text: str
    start_s: float
    end_s: float


class AsrEngine(ABC):
    """One recogniser with one model loaded, used by one thread of one process."""

    type: ClassVar[str]
    rank: ClassVar[int]  # the lowest that has a model for the language is taken
    gate: ClassVar[Gate] = Gate()  # how speech is cut out for it

    @classmethod
    @abstractmethod
    def look(cls, language: str, places: Places) -> Found | Absent:
        """Whether it can be used here. Checks files only, loads nothing, never touches the network."""

    @abstractmethod
    def __init__(self, found: Found) -> None:
        """Loads the model; raises EngineError."""

    @abstractmethod
    def recognise(self, samples: Samples, phrases: Sequence[str] = ()) -> list[Segment]:
        """Writes down 16 kHz mono samples of one stretch of speech (up to 25 s).

        ``phrases`` restricts the answer to these where the engine can; the others ignore it. Raises EngineError.
        """
