"""WAV files as they really are: whole, growing, cut short, lied about and broken."""

from __future__ import annotations

import wave
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from recorded_sound import RATE, silence, tone, write_recording

from recordings import wav

ANY_FOLDER = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=150)


def test_a_whole_recording_reads_channel_by_channel(tmp_path: Path) -> None:
    path = write_recording(tmp_path / "a.wav", tone(1.0), silence(1.0))
    found = wav.open_wav(path)
    assert (found.channels, found.rate, found.seconds, found.is_header_stale) == (2, RATE, 1.0, False)
    assert np.array_equal(wav.read_channel(found, 0), tone(1.0))
    assert not wav.read_channel(found, 1).any()


def test_a_part_can_be_read(tmp_path: Path) -> None:
    found = wav.open_wav(write_recording(tmp_path / "a.wav", tone(1.0)))
    part = wav.read_channel(found, 0, start_s=0.5, seconds=0.25)
    assert np.array_equal(part, tone(1.0)[4000:6000])
    assert len(wav.read_channel(found, 0, start_s=9.0)) == 0


@pytest.mark.parametrize("declared", [0, 1600, 0xFFFFFFFF])
@pytest.mark.parametrize("rest", [b"", b"\x01"])
def test_a_header_that_was_left_behind_is_mended_for_players(tmp_path: Path, declared: int, rest: bytes) -> None:
    path = write_recording(tmp_path / "a.wav", tone(1.0), tone(1.0), declared=declared)
    path.write_bytes(path.read_bytes() + rest)
    assert wav.mend_header(wav.open_wav(path))
    with wave.open(str(path)) as played:
        assert (played.getnframes(), played.getnchannels()) == (RATE, 2)
    assert not wav.mend_header(wav.open_wav(path)), "nothing left to mend"


@pytest.mark.parametrize("declared", [0, 1600, 0xFFFFFFFF, 0x7FFFFFF0])
def test_the_sound_counts_and_not_the_header(tmp_path: Path, declared: int) -> None:
    """0 and an old size: the writer is at work or died. Far too much: made up, or the disk was full."""
    found = wav.open_wav(write_recording(tmp_path / "a.wav", tone(1.0), tone(1.0), declared=declared))
    assert found.seconds == 1.0
    assert found.is_header_stale


def test_closing_chunks_are_not_sound(tmp_path: Path) -> None:
    found = wav.open_wav(write_recording(tmp_path / "a.wav", tone(1.0), tail=b"LIST\x04\0\0\0INFO"))
    assert (found.seconds, found.is_header_stale) == (1.0, False)


def test_a_growing_file_is_read_up_to_its_last_whole_frame(tmp_path: Path) -> None:
    path = write_recording(tmp_path / "a.wav", tone(0.5), tone(0.5), declared=0)
    with path.open("ab") as file:
        file.write(b"\1\2\3")  # a frame has four bytes
    first = wav.open_wav(path)
    assert (len(wav.read_channel(first, 1)), first.data_bytes) == (4000, 16_000)
    with path.open("ab") as file:
        file.write(b"\4" + tone(0.25).repeat(2).astype("<i2").tobytes())
    assert wav.open_wav(path).seconds == pytest.approx(0.75, abs=0.001)


def test_a_file_cut_after_it_was_measured_gives_what_is_left(tmp_path: Path) -> None:
    path = write_recording(tmp_path / "a.wav", tone(1.0))
    found = wav.open_wav(path)
    path.write_bytes(path.read_bytes()[: 44 + 4001])
    assert len(wav.read_channel(found, 0)) == 2000


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "empty file"),
        (b"RIFF", "no RIFF/WAVE header"),
        (b"ID3" + bytes(60), "no RIFF/WAVE header"),
        (wav.pcm_header(0, rate=8000, channels=1)[:30], "cut short"),
        (wav.pcm_header(0, rate=8000, channels=1)[:12] + b"data\0\0\0\0", "before its format"),
        (wav.pcm_header(0, rate=8000, channels=0), "not a recording of ours"),
        (wav.pcm_header(0, rate=1, channels=1), "not a recording of ours"),
        (wav.pcm_header(0, rate=8000, channels=1).replace(b"\x10\0data", b"\x08\0data"), "16-bit linear PCM"),
    ],
)
def test_what_is_wrong_is_said_with_the_file_named(tmp_path: Path, content: bytes, said: str) -> None:
    path = tmp_path / "bad.wav"
    path.write_bytes(content)
    with pytest.raises(wav.WavError, match=said) as caught:
        wav.open_wav(path)
    assert str(path) in str(caught.value)


def test_a_missing_channel_is_refused(tmp_path: Path) -> None:
    found = wav.open_wav(write_recording(tmp_path / "a.wav", tone(0.1)))
    with pytest.raises(wav.WavError, match="channel 1 was asked for"):
        wav.read_channel(found, 1)


@ANY_FOLDER
@given(content=st.binary(max_size=200), cut=st.integers(0, 400), at=st.integers(0, 60))
def test_damage_is_a_wav_error_and_never_more_sound_than_bytes(
    tmp_path: Path, content: bytes, cut: int, at: int
) -> None:
    whole = write_recording(tmp_path / "whole.wav", tone(0.02), tone(0.02)).read_bytes()
    path = tmp_path / "damaged.wav"
    path.write_bytes((whole[:at] + content + whole[at:])[:cut])
    try:
        found = wav.open_wav(path)
    except wav.WavError:
        return
    assert found.data_bytes <= path.stat().st_size
    assert len(wav.read_channel(found, 0)) == found.data_bytes // found.frame_bytes


def test_fewer_bytes_than_milliseconds_is_truncated() -> None:
    """Measured: FreeSWITCH said success and 15 320 ms, the full disk held 196 608 bytes of sound (12.3 s)."""
    assert wav.is_truncated(data_bytes=196_608, record_ms=15_320, byte_rate=16_000)
    assert not wav.is_truncated(data_bytes=16_000 * 15, record_ms=15_320, byte_rate=16_000)
