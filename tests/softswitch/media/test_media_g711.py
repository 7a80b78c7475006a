"""G.711 on literal bytes and back."""

from __future__ import annotations

import math
import struct

import pytest

from eslapp.softswitch.media import g711


def test_known_code_words() -> None:
    pcm = struct.pack("<4h", 0, 32767, -32768, 1000)
    assert g711.encode("PCMU", pcm) == bytes([0xFF, 0x80, 0x00, 0xCE])
    assert g711.encode("PCMA", pcm) == bytes([0xD5, 0xAA, 0x2A, 0xFA])


@pytest.mark.parametrize("codec", ["PCMU", "PCMA"])
def test_a_sine_survives(codec: str) -> None:
    wave = [int(12_000 * math.sin(n / 5)) for n in range(160)]
    back = struct.unpack("<160h", g711.decode(codec, g711.encode(codec, struct.pack("<160h", *wave))))
    assert max(abs(a - b) for a, b in zip(wave, back, strict=True)) < 500


def test_every_code_word_is_a_fixed_point() -> None:
    for codec in ("PCMU", "PCMA"):
        words = bytes(range(256))
        again = g711.encode(codec, g711.decode(codec, words))
        assert [a for a, b in zip(words, again, strict=True) if a != b] in ([], [0x7F])  # mu-law has two zeros


def test_interleave_keeps_sides_apart() -> None:
    assert g711.interleave(b"\x01\x00\x02\x00", b"\x0a\x00\x0b\x00") == b"\x01\x00\x0a\x00\x02\x00\x0b\x00"


def test_adding_clips() -> None:
    loud = struct.pack("<h", 30_000)
    assert struct.unpack("<h", g711.add(loud, loud))[0] == 32_767


@pytest.mark.parametrize(
    ("width", "channels", "rate"), [(1, 1, 8000), (2, 2, 8000), (2, 1, 16_000), (3, 2, 44_100), (4, 1, 48_000)]
)
def test_anything_becomes_telephone_pcm(width: int, channels: int, rate: int) -> None:
    one_second = bytes(width * channels * rate) if width > 1 else b"\x80" * rate
    pcm = g711.to_telephone(one_second, width, channels, rate)
    assert abs(len(pcm) - 16_000) <= 4
    assert set(pcm) == {0}
