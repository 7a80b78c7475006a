"""What every voice engine is: the base class of ``engines``, one file each."""

from __future__ import annotations

import importlib.util
from abc import ABC, abstractmethod
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

Sound = NDArray[np.float32]


class VoiceError(RuntimeError):
    """A text could not be spoken; one line that says why and what to install."""


class VoiceEngine(ABC):
    """One program with its voices. Built once per rendering run; ``speak`` is called for one line at a time."""

    type: ClassVar[str]
    rank: ClassVar[int]  # the lowest that can speak a language is taken
    voices: ClassVar[dict[str, str]]  # language -> voice
    is_fallback: ClassVar[bool] = False

    @classmethod
    @abstractmethod
    def why_not(cls, language: str) -> str:
        """Empty where the engine can speak this language here; else one line with the mend. Must be quick."""

    @abstractmethod
    def speak(self, text: str, language: str, voice: str = "") -> tuple[Sound, int]:
        """(mono samples in -1..1, their rate), by ``voice`` where the engine has several. Raises VoiceError."""

    def voice(self, language: str) -> str:
        return self.voices.get(base(language), "")


def base(language: str) -> str:
    """``zh-CN`` and ``zh`` speak with one voice."""
    return language.replace("_", "-").split("-", 1)[0].lower()


def is_installed(module: str) -> bool:
    """Whether a package can be imported, without importing it."""
    return importlib.util.find_spec(module) is not None
