"""Sound for the recordings' tests: tones, silence and WAV files as switches write (and break) them."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from recordings.wav import Samples, pcm_header

RATE = 8_000
DATA = Path(__file__).parent / "data"


def tone(seconds: float, *, rate: int = RATE, level: float = 0.3, pitch: float = 440.0) -> Samples:
    at = np.arange(round(seconds * rate)) / rate
    return np.round(level * 32767 * np.sin(2 * np.pi * pitch * at)).astype(np.int16)


def silence(seconds: float, *, rate: int = RATE) -> Samples:
    return np.zeros(round(seconds * rate), dtype=np.int16)


def hiss(seconds: float, *, level: float = 0.001, rate: int = RATE) -> Samples:
    noise = np.random.default_rng(7).standard_normal(round(seconds * rate))
    return np.round(level * 32767 * noise).clip(-32768, 32767).astype(np.int16)


def write_recording(
    path: Path, *channels: Samples, rate: int = RATE, declared: int | None = None, tail: bytes = b""
) -> Path:
    """A WAV of these channels; ``declared`` puts another number of bytes into its header."""
    length = max((len(channel) for channel in channels), default=0)
    padded = [np.pad(channel, (0, length - len(channel))) for channel in channels]
    sound = np.stack(padded, axis=1).astype("<i2").tobytes()
    path.parent.mkdir(parents=True, exist_ok=True)
    header = pcm_header(len(sound) if declared is None else declared, rate=rate, channels=len(channels))
    path.write_bytes(header + sound + tail)
    return path
