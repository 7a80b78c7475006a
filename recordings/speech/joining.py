"""Joins rendered pieces ("you are", "number three", "in line") into one file, so that a call plays it in one go."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from recordings.wav import WavError, open_wav, read_channel

from .telephone import RATE, write_wav

MOST_PIECES = 32


def join(paths: Sequence[Path], cache_dir: Path) -> Path:
    """The cached WAV that says all pieces in order. One piece is returned as it is.

    Raises WavError where a piece is not an 8 kHz mono WAV, OSError where one is missing. A few milliseconds for
    short pieces; the result is named by the pieces, so the second time costs one look at the disk.
    """
    if not 1 <= len(paths) <= MOST_PIECES:
        raise ValueError(f"{len(paths)} pieces of speech; 1 to {MOST_PIECES} can be joined")
    if len(paths) == 1:
        return paths[0]
    target = cache_dir / f"joined-{_fingerprint(paths)}.wav"
    if not target.exists():
        write_wav(target, np.concatenate([_piece(path) for path in paths]))
    return target


def _fingerprint(paths: Sequence[Path]) -> str:
    """Names, sizes and ages: a piece rendered again (a better voice) makes a new joined file."""
    digest = hashlib.sha256()
    for path in paths:
        found = path.stat()
        digest.update(f"{path.resolve()}|{found.st_size}|{found.st_mtime_ns}\n".encode())
    return digest.hexdigest()[:40]


def _piece(path: Path) -> np.ndarray:
    found = open_wav(path)
    if found.rate != RATE or found.channels != 1:
        raise WavError(f"{path}: {found.channels} channel(s) at {found.rate} Hz; speech pieces are mono at {RATE} Hz")
    return read_channel(found, 0)
