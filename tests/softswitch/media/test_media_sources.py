"""What can be played, frame by frame; files of all kinds and of no kind."""

from __future__ import annotations

import math
import struct
import wave
from pathlib import Path

import pytest

from eslapp.softswitch.media import sources
from eslapp.softswitch.media.sources import (
    PcmSource,
    Repeated,
    SilenceSource,
    Source,
    SourceList,
    ToneSource,
    WavSource,
)


def wav(
    path: Path, *, rate: int = 8000, channels: int = 1, width: int = 2, seconds: float = 0.1, hertz: float = 400
) -> str:
    samples = []
    for n in range(int(rate * seconds)):
        value = int(8000 * math.sin(2 * math.pi * hertz * n / rate))
        samples += [struct.pack("<h", value) if width == 2 else struct.pack("B", 128 + value // 256)] * channels
    with wave.open(str(path), "wb") as file:
        file.setnchannels(channels)
        file.setsampwidth(width)
        file.setframerate(rate)
        file.writeframes(b"".join(samples))
    return str(path)


def frames(source: Source, limit: int = 1000) -> list[bytes]:
    found = []
    while len(found) < limit and (frame := source.read()) is not None:
        assert len(frame) == 320
        found.append(frame)
    return found


def test_a_telephone_file_is_played_as_it_is(tmp_path: Path) -> None:
    path = wav(tmp_path / "a.wav", seconds=0.11)
    source = WavSource(path)
    played = b"".join(frames(source))
    with wave.open(path) as file:
        assert played[: 2 * 880] == file.readframes(880) and set(played[2 * 880 :]) == {0}
    assert (source.length_ms, source.position_ms) == (110, 110)


@pytest.mark.parametrize(
    ("rate", "channels", "width"), [(8000, 2, 2), (16_000, 1, 2), (22_050, 2, 2), (48_000, 1, 2), (8000, 1, 1)]
)
def test_others_are_converted(tmp_path: Path, rate: int, channels: int, width: int) -> None:
    from eslapp.softphone.hearing import tone_share

    source = WavSource(wav(tmp_path / "b.wav", rate=rate, channels=channels, width=width, seconds=0.2))
    played = b"".join(frames(source))
    assert abs(len(played) - 3200) <= 320 and tone_share(played, 400) > 0.9


def test_missing_and_broken_files_are_named(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="no such file: .*/none.wav"):
        WavSource(str(tmp_path / "none.wav"))
    for content in (
        b"",
        b"RIFF",
        b"ID3 this is an mp3",
        b"RIFF\xff\xff\xff\xffWAVEfmt \x10\0\0\0\x07\0\x01\0" + bytes(40),
    ):
        (tmp_path / "x.wav").write_bytes(content)
        with pytest.raises(ValueError, match="x.wav: not a WAV file of linear PCM"):
            WavSource(str(tmp_path / "x.wav"))


def test_a_changed_file_is_read_again(tmp_path: Path) -> None:
    path = wav(tmp_path / "c.wav", seconds=0.1)
    assert len(frames(WavSource(path))) == 5
    wav(tmp_path / "c.wav", seconds=0.2)
    assert len(frames(WavSource(path))) == 10


def test_a_long_file_is_read_as_it_plays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    short = [b"".join(frames(WavSource(wav(tmp_path / f"{n}.wav", channels=n, seconds=0.11)))) for n in (1, 2)]
    monkeypatch.setattr(sources, "_WHOLE_FILE_BYTES", 10)
    for channels in (1, 2):
        source = WavSource(wav(tmp_path / f"l{channels}.wav", channels=channels, seconds=0.11))
        assert b"".join(frames(source)) == short[channels - 1] and source.position_ms == source.length_ms == 110
        source.close()
        source.close()
        assert source.read() is None
    with pytest.raises(ValueError, match="save it as 8 kHz"):
        WavSource(wav(tmp_path / "l.wav", rate=16_000))


def test_tones_and_cadences() -> None:
    once = ToneSource([(440.0,)], on_ms=100, off_ms=60)
    played = b"".join(frames(once))
    assert len(played) == 160 * 16 and set(played[1600:]) == {0} and set(played[:1600]) != {0}
    assert len(frames(ToneSource([(440.0,), (480.0,)], on_ms=30, repeats=2))) == 6
    assert len(frames(ToneSource([(440.0, 480.0)], on_ms=1000, off_ms=4000, repeats=None), 600)) == 600
    assert frames(ToneSource([], on_ms=100)) == [] and frames(ToneSource([(1.0,)], on_ms=0)) == []
    assert len(frames(ToneSource([(400.0,)], on_ms=5, repeats=1))) == 1


def test_a_continuous_tone_has_no_click() -> None:
    pcm = b"".join(frames(ToneSource([(437.0,)], on_ms=1000, repeats=2)))
    samples = struct.unpack(f"<{len(pcm) // 2}h", pcm)
    assert max(abs(a - b) for a, b in zip(samples, samples[1:], strict=False)) < 10_000 * 2 * math.pi * 437 / 8000 + 5


def test_silence_lists_and_repetition() -> None:
    closed: list[str] = []

    class Noted(PcmSource):
        def close(self) -> None:
            closed.append("x")

    assert len(frames(SilenceSource(50))) == 3 and len(frames(SilenceSource(), 77)) == 77
    assert len(frames(SourceList([Noted(bytes(640)), PcmSource(b""), Noted(bytes(10))]))) == 3 and closed == ["x", "x"]
    listed = SourceList([Noted(bytes(640)), Noted(bytes(640))])
    listed.read()
    listed.close()
    assert closed == ["x"] * 4 and listed.read() is None
    assert len(frames(Repeated(lambda: PcmSource(bytes(640)), 3))) == 6
    assert len(frames(Repeated(lambda: PcmSource(bytes(640))), 99)) == 99
    assert frames(Repeated(lambda: PcmSource(b""))) == []
