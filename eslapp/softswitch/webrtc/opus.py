"""Opus to and from the switch's 8 kHz audio, 20 ms at a time. libopus by PyAV.

Encoding takes 8 kHz as it is (Opus has a narrowband mode). Decoding gives 48 kHz, which is filtered and thinned by 6.
Not here: when (the media clock's tick), packets.
"""

from __future__ import annotations

import logging
from typing import Any

import av
import numpy as np

from eslapp.softswitch.media.g711 import FRAME_SAMPLES, RATE, encode

log = logging.getLogger(__name__)
OPUS_RATE = 48_000
THIN = OPUS_RATE // RATE
TAPS = 120  # 2.5 ms; passes 3.4 kHz, stops at 4.6 kHz by 50 dB
BIT_RATE = 20_000
MAX_PACKET = 1_500


def _low_pass() -> Any:
    at = np.arange(TAPS) - (TAPS - 1) / 2
    taps = np.sinc(2 * 3_900 / OPUS_RATE * at) * np.kaiser(TAPS, 4.5)
    return (taps / taps.sum()).astype(np.float32)


_LOW_PASS = _low_pass()


class Thinner:
    """48 kHz to 8 kHz, without a seam between the pieces."""

    def __init__(self) -> None:
        self._kept = np.zeros(TAPS - 1, dtype=np.float32)

    def feed(self, samples: Any) -> bytes:
        """A piece whose length is a multiple of 6, as int16; its sixth part as PCM16."""
        line = np.concatenate((self._kept, samples.astype(np.float32)))
        self._kept = line[-(TAPS - 1) :]
        windows = np.lib.stride_tricks.sliding_window_view(line, TAPS)[::THIN]
        return bytes(np.clip(windows @ _LOW_PASS, -32_768, 32_767).astype("<i2").tobytes())


class Decoder:
    """Packets in, G.711 (PCMU) out: inside the switch a browser is a telephone."""

    def __init__(self, payload_type: int) -> None:
        self.payload_type = payload_type
        self._codec = av.CodecContext.create("libopus", "r")
        self._codec.sample_rate, self._codec.layout, self._codec.format = OPUS_RATE, "mono", "s16"
        self._thinner = Thinner()

    def __call__(self, payload_type: int, payload: bytes) -> bytes:
        """Other payload types pass as they are; what is no Opus gives nothing."""
        if payload_type != self.payload_type:
            return payload
        if not 0 < len(payload) <= MAX_PACKET:
            return b""
        try:
            frames = self._codec.decode(av.Packet(payload))
        except (av.FFmpegError, ValueError) as error:
            log.debug("opus: %s", error)
            return b""
        heard = b""
        for frame in frames:
            samples = frame.to_ndarray().reshape(-1)
            heard += self._thinner.feed(samples[: len(samples) // THIN * THIN])
        return encode("PCMU", heard)


class Encoder:
    """20 ms of PCM16 in, one packet out."""

    def __init__(self) -> None:
        codec: Any = av.CodecContext.create("libopus", "w")
        codec.sample_rate, codec.layout, codec.format, codec.bit_rate = RATE, "mono", "s16", BIT_RATE
        codec.options = {"application": "voip", "frame_duration": "20", "fec": "1", "packet_loss": "5"}
        self._codec = codec
        self._at = 0

    def __call__(self, pcm: bytes) -> bytes:
        frame = av.AudioFrame(format="s16", layout="mono", samples=FRAME_SAMPLES)
        frame.planes[0].update(pcm)
        frame.sample_rate, frame.pts = RATE, self._at
        self._at += FRAME_SAMPLES
        return b"".join(bytes(packet) for packet in self._codec.encode(frame))
