"""Recordings have the right sides, the right length and a right header, and say so when they do not."""

from __future__ import annotations

import asyncio
import struct
import wave
from pathlib import Path

import pytest
from media_lab import in_loop

from eslapp.softswitch.media.mixer import Mixer
from eslapp.softswitch.media.recording import Recorder, wav_header

LEFT = struct.pack("<160h", *[1000] * 160)
RIGHT = struct.pack("<160h", *[-500] * 160)


def read(path: Path) -> tuple[int, list[int]]:
    with wave.open(str(path)) as file:
        assert (file.getframerate(), file.getsampwidth()) == (8000, 2)
        count = file.getnframes() * file.getnchannels()
        return file.getnchannels(), list(struct.unpack(f"<{count}h", file.readframes(file.getnframes())))


@in_loop
async def test_left_is_heard_right_is_sent(tmp_path: Path) -> None:
    recorder = Recorder(str(tmp_path / "deep" / "er" / "a.wav"))
    for _ in range(55):
        recorder(LEFT, RIGHT)
    result = await asyncio.wait_for(recorder.stop(), 5)
    assert (result.milliseconds, result.written_bytes, result.error) == (1100, 1100 * 32, "")
    channels, samples = read(tmp_path / "deep" / "er" / "a.wav")
    assert channels == 2 and set(samples[0::2]) == {1000} and set(samples[1::2]) == {-500} and len(samples) == 17_600
    assert await recorder.stop() == result
    recorder(LEFT, RIGHT)  # too late, harmless


@in_loop
async def test_mono_is_the_sum_and_masks_and_pauses_are_kept(tmp_path: Path) -> None:
    recorder = Recorder(str(tmp_path / "m.wav"), is_stereo=False)
    recorder(LEFT, RIGHT)
    recorder.is_masked = True
    recorder(LEFT, RIGHT)
    recorder.is_masked, recorder.is_paused = False, True
    recorder(LEFT, RIGHT)
    recorder.is_paused = False
    recorder(RIGHT, RIGHT)
    assert (await asyncio.wait_for(recorder.stop(), 5)).milliseconds == 60
    assert read(tmp_path / "m.wav") == (1, [500] * 160 + [0] * 160 + [-1000] * 160)


@in_loop
async def test_the_growing_file_is_playable(tmp_path: Path) -> None:
    recorder = Recorder(str(tmp_path / "g.wav"))
    for _ in range(10 * 6):
        recorder(LEFT, RIGHT)
    for _ in range(500):
        if (tmp_path / "g.wav").stat().st_size >= 44 + 1200 * 32:
            break
        await asyncio.sleep(0.01)
    assert read(tmp_path / "g.wav")[0] == 2
    await asyncio.wait_for(recorder.stop(), 5)


@in_loop
async def test_a_path_that_cannot_be_written_is_an_error_at_once(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(OSError):
        Recorder(str(tmp_path / "file" / "a.wav"))
    with pytest.raises(OSError):
        Recorder(str(tmp_path))


@in_loop
async def test_a_full_disk_is_told_and_nothing_raises() -> None:
    recorder = Recorder("/dev/full")
    for _ in range(50):
        recorder(LEFT, RIGHT)
    result = await asyncio.wait_for(recorder.stop(), 5)
    assert "No space left" in result.error and result.written_bytes < 50 * 640 and result.milliseconds == 1000


def test_header_bytes() -> None:
    header = wav_header(2, 6400)
    assert len(header) == 44 and header[:4] == b"RIFF" and struct.unpack("<I", header[4:8]) == (6436,)
    assert struct.unpack("<HHIIHH", header[20:36]) == (1, 2, 8000, 32_000, 4, 16)


class Speaker:
    def __init__(self, value: int | None) -> None:
        self.heard = None if value is None else struct.pack("<160h", *[value] * 160)


def test_everybody_hears_the_others() -> None:
    room = Mixer()
    speakers = [Speaker(1000), Speaker(200), Speaker(None)]
    ears = [room.join(speaker) for speaker in speakers]

    def hears() -> list[int]:
        return [struct.unpack("<h", (ear.read() or b"\0\0")[:2])[0] for ear in ears]

    assert hears() == [200, 1000, 1200]
    room.muted.add(speakers[0])
    assert hears() == [200, 0, 200]
    ears[1].close()
    assert len(room) == 2 and ears[1].read() is None and hears()[2] == 0


def test_a_loud_room_clips() -> None:
    room = Mixer()
    loud = [Speaker(30_000) for _ in range(3)]
    ears = [room.join(each) for each in loud]
    assert struct.unpack("<h", (ears[0].read() or b"")[:2]) == (32_767,)
