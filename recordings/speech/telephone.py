"""Turns what a voice engine made into what a telephone plays: 8 kHz, 16-bit, mono, trimmed, -3 dB peak.

Owns: resampling (soxr), edges, loudness, atomic writing.
Not here: voices (``engines``), reading (``recordings.wav``).
"""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

import numpy as np
import soxr  # type: ignore[import-untyped]
from numpy.typing import NDArray

from recordings.wav import Samples, mono_bytes

RATE = 8_000
PEAK = 10 ** (-3 / 20)  # -3 dBFS
EDGE_DB = -45.0  # under the peak: what counts as the silent edge of a prompt
EDGE_S = 0.06  # silence left at both ends, so that joined pieces flow
Sound = NDArray[np.float32]


def to_telephone(sound: Sound, rate: int) -> Samples:
    """Resamples, trims the silent edges and sets the peak. ``sound`` is mono in -1..1 at ``rate``."""
    mono = np.asarray(sound, dtype=np.float32).reshape(-1)
    if not np.all(np.isfinite(mono)):
        raise ValueError("the voice engine made no number of a sample")
    if rate != RATE:
        mono = soxr.resample(mono, rate, RATE, quality="VHQ")
    mono = trim(mono - (mono.mean() if len(mono) else 0.0))
    peak = float(np.abs(mono).max()) if len(mono) else 0.0
    if peak > 0:
        mono = mono * (PEAK / peak)
    return np.clip(np.round(mono * 32767), -32768, 32767).astype(np.int16)


def trim(sound: Sound) -> Sound:
    """Cuts silence at both ends, leaving ``EDGE_S``."""
    peak = float(np.abs(sound).max()) if len(sound) else 0.0
    if peak == 0:
        return sound
    loud = np.flatnonzero(np.abs(sound) > peak * 10 ** (EDGE_DB / 20))
    edge = round(EDGE_S * RATE)
    return sound[max(0, int(loud[0]) - edge) : int(loud[-1]) + 1 + edge]


def write_wav(path: Path, samples: Samples) -> None:
    """Writes beside the target and renames: a call never plays half a file."""
    write_whole(path, mono_bytes(samples, RATE))


def write_whole(path: Path, content: bytes) -> None:
    """The file is either the old one or the new one, whatever happens."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=".new-", suffix=path.suffix)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.chmod(temporary, 0o644)
        os.replace(temporary, path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
