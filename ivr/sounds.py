"""How long a WAV file lasts, from its header.

Owns: the header. Not here: which files there are (``loader``), playing them.
"""

from __future__ import annotations

import struct
from functools import lru_cache
from pathlib import Path

HEAD = 4096
CHUNKS_BOUND = 50


def wav_seconds(file: Path) -> float:
    """Seconds; 0 where the file is no WAV that can be read."""
    try:
        stat = file.stat()
    except OSError:
        return 0.0
    return _seconds(str(file), stat.st_mtime_ns, stat.st_size)


@lru_cache(maxsize=20_000)
def _seconds(file: str, _changed: int, size: int) -> float:
    try:
        with open(file, "rb") as stream:
            return header_seconds(stream.read(HEAD), size)
    except OSError:
        return 0.0


def header_seconds(head: bytes, size: int) -> float:
    """From the first bytes of a file of ``size`` bytes; a chunk longer than the file counts as far as it goes."""
    if len(head) < 12 or head[:4] != b"RIFF" or head[8:12] != b"WAVE":
        return 0.0
    offset, rate = 12, 0
    for _ in range(CHUNKS_BOUND):
        if offset + 8 > len(head):
            return 0.0
        name, length = head[offset : offset + 4], struct.unpack_from("<I", head, offset + 4)[0]
        if name == b"fmt " and offset + 20 <= len(head):
            rate = struct.unpack_from("<I", head, offset + 16)[0]
        if name == b"data":
            return min(length, max(0, size - offset - 8)) / rate if rate else 0.0
        offset += 8 + length + length % 2
    return 0.0
