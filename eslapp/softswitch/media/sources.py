"""What can be played: WAV files, tones, silence, lists of these. All give 20 ms of 8 kHz PCM16 per ``read()``.

Not here: who plays them (``port.py``), names such as tone_stream:// (the switch's playback).

    source = SourceList([WavSource("/site/prompts/welcome.wav"), ToneSource([(350, 440)], on_ms=1000, off_ms=0)])
"""

from __future__ import annotations

import array
import functools
import math
import os
import wave
from collections import OrderedDict
from collections.abc import Callable, Iterable, Sequence
from typing import Protocol

from eslapp.softswitch.media.dtmf import TONES
from eslapp.softswitch.media.g711 import FRAME_BYTES, RATE, to_telephone

_CACHE_BYTES = 32 * 2**20
_WHOLE_FILE_BYTES = 4 * 2**20  # bigger 8 kHz files are read as they play
_LARGEST_BYTES = 2**30
_cache: OrderedDict[tuple[str, int, int], bytes] = OrderedDict()


class Source(Protocol):
    """Something that can be played."""

    def read(self) -> bytes | None:
        """The next 320 bytes, none for a tick in which nothing is sent, or None when there is no more."""

    def close(self) -> None:
        """Give back what the source holds; safe to call twice."""


class PcmSource:
    """PCM16 bytes, 8 kHz mono; the last frame is filled up with silence."""

    def __init__(self, pcm: bytes) -> None:
        self._pcm = pcm
        self._position = 0

    @property
    def position_ms(self) -> int:
        """How much was read."""
        return min(self._position, len(self._pcm)) // 16

    @property
    def length_ms(self) -> int:
        """How much there is."""
        return len(self._pcm) // 16

    def read(self) -> bytes | None:
        """See Source."""
        start = self._position
        if start >= len(self._pcm):
            return None
        self._position = start + FRAME_BYTES
        frame = self._pcm[start : start + FRAME_BYTES]
        return frame if len(frame) == FRAME_BYTES else frame.ljust(FRAME_BYTES, b"\0")

    def close(self) -> None:
        """Nothing is held."""


class WavSource:
    """A WAV file of linear PCM: 8 kHz 16-bit mono as it is, anything else converted when opened.

    FileNotFoundError and ValueError name the file and what is wrong with it.
    """

    def __init__(self, path: str) -> None:
        self.path = path
        self._file: wave.Wave_read | None = None
        self._pcm: PcmSource | None = None
        self._frames_read = 0
        size, modified = _status(path)
        if size <= _WHOLE_FILE_BYTES:
            self._pcm = PcmSource(_load(path, size, modified))
            self.length_ms = self._pcm.length_ms
        else:
            self._file, self.length_ms = _open_long(path)

    @property
    def position_ms(self) -> int:
        """How much was read."""
        return self._pcm.position_ms if self._pcm else self._frames_read // 8

    def read(self) -> bytes | None:
        """See Source."""
        if self._pcm is not None:
            return self._pcm.read()
        if self._file is None:
            return None
        pcm = self._file.readframes(FRAME_BYTES // 2)
        if not pcm:
            return None
        if self._file.getnchannels() == 2:
            pcm = to_telephone(pcm, 2, 2, RATE)
        self._frames_read += len(pcm) // 2
        return pcm.ljust(FRAME_BYTES, b"\0")

    def close(self) -> None:
        """Close the file of a long recording."""
        if self._file is not None:
            self._file.close()
            self._file = None


def _status(path: str) -> tuple[int, int]:
    try:
        status = os.stat(path)
    except FileNotFoundError:
        raise FileNotFoundError(f"no such file: {path}") from None
    if status.st_size > _LARGEST_BYTES:
        raise ValueError(f"{path}: larger than 1 GiB, cannot be played")
    return status.st_size, status.st_mtime_ns


def _open_long(path: str) -> tuple[wave.Wave_read, int]:
    try:
        opened = wave.open(path, "rb")  # noqa: SIM115 - closed by WavSource.close
    except (wave.Error, EOFError) as error:
        raise ValueError(f"{path}: not a WAV file of linear PCM ({error})") from None
    if (opened.getsampwidth(), opened.getframerate()) != (2, RATE) or opened.getnchannels() > 2:
        opened.close()
        raise ValueError(f"{path}: too long to convert on the fly; save it as 8 kHz, 16 bit")
    return opened, opened.getnframes() // 8


def _load(path: str, size: int, modified: int) -> bytes:
    key = (path, size, modified)
    if key in _cache:
        _cache.move_to_end(key)
        return _cache[key]
    try:
        with wave.open(path, "rb") as opened:
            if opened.getnchannels() > 2:
                raise ValueError(f"{path}: more than two channels")
            pcm = opened.readframes(opened.getnframes())
            pcm = to_telephone(pcm, opened.getsampwidth(), opened.getnchannels(), opened.getframerate())
    except (wave.Error, EOFError) as error:
        raise ValueError(f"{path}: not a WAV file of linear PCM ({error})") from None
    _cache[key] = pcm
    while sum(map(len, _cache.values())) > _CACHE_BYTES:
        _cache.popitem(last=False)
    return pcm


@functools.lru_cache(maxsize=64)
def _second_of(frequencies: tuple[float, ...], level: int) -> bytes:
    """One second of summed sines: whole numbers of Hz repeat without a click."""
    step = 2 * math.pi / RATE
    share = level / max(1, len(frequencies))
    return array.array(
        "h", (int(share * sum(math.sin(step * hertz * n) for hertz in frequencies)) for n in range(RATE))
    ).tobytes()


def tone_frame(digit: str, index: int) -> bytes:
    """20 ms of a telephone digit's tone pair, continuous over consecutive ``index``."""
    start = index % 50 * FRAME_BYTES
    return _second_of(TONES[digit], 16_000)[start : start + FRAME_BYTES]


class ToneSource:
    """Cadenced tones: for each of ``tones`` (Hz sounding together) ``on_ms`` of it and ``off_ms`` of silence.

    ``repeats`` None: for ever. A continuous tone is ``off_ms=0``. At most 60 s per tone.
    """

    def __init__(
        self,
        tones: Sequence[tuple[float, ...]],
        *,
        on_ms: int = 1000,
        off_ms: int = 0,
        repeats: int | None = 1,
        level: int = 10_000,
    ) -> None:
        once = bytearray()
        for frequencies in tones:
            second = _second_of(tuple(frequencies), level)
            wanted = 16 * min(on_ms, 60_000)
            once += (second * (wanted // len(second) + 1))[:wanted] + bytes(16 * min(off_ms, 60_000))
        self._once = bytes(once).ljust(FRAME_BYTES, b"\0") if once else b""
        self._left = repeats
        self._position = 0

    def read(self) -> bytes | None:
        """See Source."""
        if not self._once or self._left == 0:
            return None
        end = self._position + FRAME_BYTES
        frame = self._once[self._position : end]
        if end >= len(self._once):
            self._left = None if self._left is None else self._left - 1
            end -= len(self._once)
            frame += self._once[:end] if self._left != 0 else bytes(end)
        self._position = end
        return frame

    def close(self) -> None:
        """Nothing is held."""
        self._left = 0


class SilenceSource:
    """Silence that is sent; ``duration_ms`` None: for ever."""

    def __init__(self, duration_ms: int | None = None) -> None:
        self._left = None if duration_ms is None else -(-duration_ms // 20)

    def read(self) -> bytes | None:
        """See Source."""
        if self._left is not None:
            if self._left <= 0:
                return None
            self._left -= 1
        return bytes(FRAME_BYTES)

    def close(self) -> None:
        """Nothing is held."""
        self._left = 0


class SourceList:
    """Several sources one after the other; each is closed when the next one starts."""

    def __init__(self, sources: Iterable[Source]) -> None:
        self._waiting = list(sources)

    def read(self) -> bytes | None:
        """See Source."""
        while self._waiting:
            frame = self._waiting[0].read()
            if frame is not None:
                return frame
            self._waiting.pop(0).close()
        return None

    def close(self) -> None:
        """Close all that is left."""
        while self._waiting:
            self._waiting.pop(0).close()


class Repeated:
    """``make()`` again whenever the last one ended, ``times`` in all (None: for ever); an empty source ends it."""

    def __init__(self, make: Callable[[], Source], times: int | None = None) -> None:
        self._make = make
        self._left = times
        self._current: Source | None = None

    def read(self) -> bytes | None:
        """See Source."""
        frame = self._current.read() if self._current else None
        if frame is not None:
            return frame
        self.close()
        if self._left == 0:
            return None
        self._left = None if self._left is None else self._left - 1
        self._current = self._make()
        return self._current.read()

    def close(self) -> None:
        """Close what plays."""
        if self._current is not None:
            self._current.close()
            self._current = None
