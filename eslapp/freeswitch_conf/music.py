"""The sounds of the waiting loop: two-second cuts of the hold music, and tones where the site has no recording. Pure.

All sounds are 8 kHz, 16 bit, mono: what G.711 carries, so neither switch resamples. Not here: speech
(``recordings.speech``).
"""

from __future__ import annotations

import functools
import io
import math
import struct
import wave

RATE = 8000
PIECES = 6  # rounds of the loop in fs_conf/dialplan/zongji.xml
PIECE_S = 2
_CHORDS = ((261.6, 329.6, 392.0), (220.0, 261.6, 329.6), (174.6, 220.0, 261.6), (196.0, 246.9, 293.7))


@functools.cache
def hold_tones() -> bytes:
    """Soft chords, as WAV: the hold music of a site that brings none."""
    samples: list[int] = []
    for chord in _CHORDS * 2:
        samples.extend(_chord(chord, 3.0))
    return wav_bytes(struct.pack(f"<{len(samples)}h", *samples))


@functools.cache
def sorry_tones() -> bytes:
    """Three falling tones, as WAV: the stand-in for an announcement that is not recorded yet."""
    samples: list[int] = []
    for pitch in (950.0, 1400.0, 1800.0):
        samples.extend(_chord((pitch,), 0.33))
    return wav_bytes(struct.pack(f"<{len(samples)}h", *samples) + bytes(2 * RATE))


def pieces(hold: bytes) -> list[bytes]:
    """Cut a WAV into ``PIECES`` WAVs of ``PIECE_S`` seconds; short music starts again. Raises ``ValueError``."""
    rate, frames = _mono16(hold)
    size = 2 * rate * PIECE_S
    while len(frames) < size * PIECES:
        frames += frames
    return [wav_bytes(frames[n * size : (n + 1) * size], rate) for n in range(PIECES)]


def wav_bytes(frames: bytes, rate: int = RATE) -> bytes:
    """Mono 16-bit samples as a WAV file."""
    buffer = io.BytesIO()
    with wave.open(buffer, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes(frames)
    return buffer.getvalue()


def _mono16(content: bytes) -> tuple[int, bytes]:
    try:
        with wave.open(io.BytesIO(content), "rb") as file:
            if (file.getnchannels(), file.getsampwidth()) != (1, 2):
                raise ValueError("is not mono with 16 bits; convert it: sox IN -r 8000 -c 1 -b 16 OUT")
            frames = file.readframes(file.getnframes())
            rate = file.getframerate()
    except (wave.Error, EOFError) as error:
        raise ValueError(f"is not a PCM WAV file ({error}); convert it: sox IN -r 8000 -c 1 -b 16 OUT") from None
    if len(frames) < rate // 5:
        raise ValueError("has less than a tenth of a second of sound; bring a longer recording")
    return rate, frames


def _chord(pitches: tuple[float, ...], seconds: float) -> list[int]:
    count = int(seconds * RATE)
    scale = 2400 / len(pitches)
    return [
        int(scale * math.sin(math.pi * i / count) ** 0.5 * sum(math.sin(2 * math.pi * p * i / RATE) for p in pitches))
        for i in range(count)
    ]
