"""Reads recorded WAV files that may be growing, cut short or wrong, without ever trusting their header.

Owns: the RIFF header, how much sound is really there, the samples of one channel, writing small mono files.
Not here: judging a recording (``assess``), loudness (``levels``), where files lie (``layout``).

A switch that dies leaves the sizes in the header at 0 or at an old value, and a full disk leaves fewer bytes
than the header says. So the length is what lies in the file, never more, and a growing file is read up to its
last whole frame.

>>> is_truncated(data_bytes=196_608, record_ms=15_320, byte_rate=16_000)  # FreeSWITCH said "success-maxtime"
True
"""

from __future__ import annotations

import os
import struct
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import numpy as np
from numpy.typing import NDArray

Samples = NDArray[np.int16]

WHOLE_SHARE = 0.95  # fewer bytes than this share of the reported milliseconds: the disk or the switch failed
HEADER_LIMIT = 65_536  # a WAV of ours has its sound within the first 44 to 100 bytes
_PCM, _EXTENSIBLE = 1, 0xFFFE
_RATES = range(4_000, 192_001)
_TAIL_CHUNKS = {b"LIST", b"id3 ", b"ID3 ", b"fact", b"bext", b"cue ", b"PEAK", b"JUNK", b"smpl"}


class WavError(ValueError):
    """The file is not a WAV we can read. The message names the file and what is wrong with it."""


@dataclass(frozen=True, slots=True)
class Wav:
    """One WAV file as it was found at one moment. 16-bit linear PCM only."""

    path: Path
    channels: int
    rate: int  # frames per second
    data_at: int  # byte where the sound begins
    data_bytes: int  # sound really in the file, whole frames only
    declared_bytes: int  # what the header claims

    @property
    def frame_bytes(self) -> int:
        return 2 * self.channels

    @property
    def byte_rate(self) -> int:
        return self.frame_bytes * self.rate

    @property
    def seconds(self) -> float:
        return self.data_bytes / self.byte_rate

    @property
    def is_header_stale(self) -> bool:
        """The header does not tell the length: the file is still growing, or its writer died."""
        return self.data_bytes != self.declared_bytes - self.declared_bytes % self.frame_bytes


def is_truncated(*, data_bytes: int, record_ms: float, byte_rate: int) -> bool:
    """Whether a recording is shorter than the switch says (it reports success on a full disk)."""
    return data_bytes < WHOLE_SHARE * record_ms / 1000 * byte_rate


def open_wav(path: Path) -> Wav:
    """Reads the header and measures the sound. Raises WavError (unusable) or OSError (missing, forbidden)."""
    with path.open("rb") as file:
        size = os.fstat(file.fileno()).st_size
        if size == 0:
            raise WavError(f"{path}: empty file (0 bytes); was the disk full or the folder not writable?")
        head = file.read(min(size, HEADER_LIMIT))
        channels, rate, data_at, declared = _parse_header(path, head)
        present = _sound_present(file, size, data_at, declared)
    return Wav(path, channels, rate, data_at, present - present % (2 * channels), declared)


def read_channel(wav: Wav, channel: int, *, start_s: float = 0.0, seconds: float | None = None) -> Samples:
    """The samples of one channel (0 is left) from ``start_s`` on, at most ``seconds`` of them."""
    if not 0 <= channel < wav.channels:
        raise WavError(f"{wav.path}: has {wav.channels} channel(s), channel {channel} was asked for")
    frames = wav.data_bytes // wav.frame_bytes
    first = min(frames, max(0, round(start_s * wav.rate)))
    wanted = frames - first if seconds is None else min(frames - first, round(seconds * wav.rate))
    with wav.path.open("rb") as file:
        file.seek(wav.data_at + first * wav.frame_bytes)
        raw = file.read(wanted * wav.frame_bytes)
    whole = len(raw) - len(raw) % wav.frame_bytes  # the file may have been cut since it was measured
    return np.frombuffer(raw[:whole], dtype="<i2").reshape(-1, wav.channels)[:, channel].astype(np.int16)


def mend_header(found: Wav) -> bool:
    """Write the true length into the header of a file whose writer died: players believe it. True where it was wrong.

    Only for a file that nobody writes any more. Raises OSError.
    """
    if not found.is_header_stale:
        return False
    end = found.data_at + found.data_bytes
    with found.path.open("r+b") as file:
        file.truncate(end)  # half a frame, or a chunk that was begun
        file.seek(4)
        file.write(struct.pack("<I", min(end - 8, 0xFFFFFFFF)))
        file.seek(found.data_at - 4)
        file.write(struct.pack("<I", min(found.data_bytes, 0xFFFFFFFF)))
    return True


def mono_bytes(samples: Samples, rate: int) -> bytes:
    """A whole mono WAV file, ready to be written."""
    sound = np.ascontiguousarray(samples, dtype="<i2").tobytes()
    return pcm_header(len(sound), rate=rate, channels=1) + sound


def pcm_header(data_bytes: int, *, rate: int, channels: int) -> bytes:
    """The 44 bytes before 16-bit linear sound."""
    riff = struct.pack("<4sI4s", b"RIFF", min(36 + data_bytes, 0xFFFFFFFF), b"WAVE")
    layout = struct.pack("<4sIHHIIHH", b"fmt ", 16, _PCM, channels, rate, rate * channels * 2, channels * 2, 16)
    return riff + layout + struct.pack("<4sI", b"data", data_bytes)


def _parse_header(path: Path, head: bytes) -> tuple[int, int, int, int]:
    """(channels, rate, where the sound begins, bytes declared)."""
    if len(head) < 12 or head[:4] != b"RIFF" or head[8:12] != b"WAVE":
        raise WavError(f"{path}: not a WAV file (no RIFF/WAVE header)")
    at, layout = 12, None
    while at + 8 <= len(head):
        name, size = struct.unpack_from("<4sI", head, at)
        if name == b"data":
            if layout is None:
                raise WavError(f"{path}: the sound comes before its format; the header is damaged")
            return (*layout, at + 8, size)
        if name == b"fmt ":
            layout = _parse_format(path, head[at + 8 : at + 8 + min(size, 40)])
        at += 8 + size + size % 2
    raise WavError(f"{path}: the header is cut short or has no sound in its first {HEADER_LIMIT} bytes")


def _parse_format(path: Path, body: bytes) -> tuple[int, int]:
    if len(body) < 16:
        raise WavError(f"{path}: the header is cut short")
    code, channels, rate, _, _, bits = struct.unpack_from("<HHIIHH", body)
    if code == _EXTENSIBLE and len(body) >= 26:
        code = struct.unpack_from("<H", body, 24)[0]
    if code != _PCM or bits != 16:
        raise WavError(f"{path}: format {code} with {bits} bits; record 16-bit linear PCM")
    if not 1 <= channels <= 8 or rate not in _RATES:
        raise WavError(f"{path}: {channels} channels at {rate} Hz are not a recording of ours")
    return channels, rate


def _sound_present(file: BinaryIO, size: int, data_at: int, declared: int) -> int:
    available = max(0, size - data_at)
    if declared >= available or declared == 0:
        return available
    file.seek(data_at + declared + declared % 2)
    after = file.read(4)
    is_finished = after in _TAIL_CHUNKS or not after  # nothing but a padding byte, or a known closing chunk
    return declared if is_finished else available  # otherwise the header is older than the sound
