"""What is in a recording: how long it is, and which tone each channel holds."""

from __future__ import annotations

import array
import math
import wave
from pathlib import Path


def channels(path: Path) -> list[array.array[int]]:
    """The samples of each channel."""
    with wave.open(str(path)) as file:
        samples = array.array("h", file.readframes(file.getnframes()))
        return [samples[n :: file.getnchannels()] for n in range(file.getnchannels())]


def seconds_ms(path: Path) -> int:
    """How long it is, in milliseconds."""
    with wave.open(str(path)) as file:
        return 1000 * file.getnframes() // file.getframerate()


def strength(samples: array.array[int], hertz: float) -> float:
    """How much of a tone is in it (Goertzel), per sample."""
    real = sum(value * math.cos(2 * math.pi * hertz * n / 8000) for n, value in enumerate(samples))
    imaginary = sum(value * math.sin(2 * math.pi * hertz * n / 8000) for n, value in enumerate(samples))
    return math.hypot(real, imaginary) / max(1, len(samples))


def loudest_hertz(samples: array.array[int]) -> int:
    """Which of 300, 400 ... 1500 Hz is in it most."""
    return max(range(300, 1501, 100), key=lambda hertz: strength(samples, hertz))
