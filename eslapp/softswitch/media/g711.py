"""G.711 to and from 16-bit linear PCM, 20 ms (160 samples) at a time; the one place that imports ``audioop``.

Not here: packets (``rtp.py``), files (``sources.py``). Pure.

>>> decode("PCMU", encode("PCMU", bytes(320))) == bytes(320)
True
"""

from __future__ import annotations

import warnings
from collections.abc import Callable

with warnings.catch_warnings():  # in the standard library until 3.12, the package audioop-lts from 3.13 on
    warnings.simplefilter("ignore", DeprecationWarning)
    import audioop

RATE = 8000
FRAME_SAMPLES = 160
FRAME_BYTES = 320
SILENCE = bytes(FRAME_BYTES)
STATIC_PAYLOAD_TYPES = {"PCMU": 0, "PCMA": 8}


def _ulaw(pcm: bytes) -> bytes:
    return audioop.lin2ulaw(pcm, 2)


def _alaw(pcm: bytes) -> bytes:
    return audioop.lin2alaw(pcm, 2)


def _from_ulaw(payload: bytes) -> bytes:
    return audioop.ulaw2lin(payload, 2)


def _from_alaw(payload: bytes) -> bytes:
    return audioop.alaw2lin(payload, 2)


ENCODERS: dict[str, Callable[[bytes], bytes]] = {"PCMU": _ulaw, "PCMA": _alaw}
DECODERS: dict[str, Callable[[bytes], bytes]] = {"PCMU": _from_ulaw, "PCMA": _from_alaw}


def encode(codec: str, pcm: bytes) -> bytes:
    """PCM16 to one byte per sample. KeyError for a codec that is neither PCMU nor PCMA."""
    return ENCODERS[codec](pcm)


def decode(codec: str, payload: bytes) -> bytes:
    """One byte per sample to PCM16."""
    return DECODERS[codec](payload)


def add(first: bytes, second: bytes) -> bytes:
    """The sum of two PCM16 frames of equal length, clipped."""
    return audioop.add(first, second, 2)


def loudness(pcm: bytes) -> int:
    """The root mean square of PCM16, 0 to 32767."""
    return audioop.rms(pcm, 2)


def interleave(left: bytes, right: bytes) -> bytes:
    """Two mono PCM16 pieces of equal length as one stereo piece."""
    return audioop.add(audioop.tostereo(left, 2, 1, 0), audioop.tostereo(right, 2, 0, 1), 2)


def to_telephone(pcm: bytes, width: int, channels: int, rate: int) -> bytes:
    """Any linear PCM as 8 kHz, 16-bit, mono. Good enough for a stray file: render prompts at 8 kHz."""
    if width == 1:
        pcm = audioop.bias(pcm, 1, -128)  # 8-bit WAV is unsigned
    if width != 2:
        pcm = audioop.lin2lin(pcm, width, 2)
    if channels == 2:
        pcm = audioop.tomono(pcm, 2, 0.5, 0.5)
    if rate != RATE:
        pcm, _ = audioop.ratecv(pcm, 2, 1, rate, RATE, None, 1, 1 if rate > RATE else 0)
    return pcm
