"""Prompts as files: found ready, kept, spoken by the best voice, and never a reason for silence."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import ClassVar

import numpy as np
import pytest
from recorded_sound import RATE, silence, tone, write_recording

from recordings.speech import Line, Rendered, join, render_site, spoken_path
from recordings.speech.engines import ENGINES, mend, usable
from recordings.speech.rendering import INDEX, PACKAGED, complaints, forget_others
from recordings.speech.telephone import to_telephone, write_whole
from recordings.speech.voice import Sound, VoiceEngine, VoiceError
from recordings.wav import WavError, open_wav, read_channel

HELLO = Line("aa11", "Hello.", "en")


class _Voice(VoiceEngine):
    """A voice that hums. Private, so that it is nobody's engine."""

    type: ClassVar[str] = "hum"
    rank: ClassVar[int] = 1
    voices: ClassVar[dict[str, str]] = {"en": "low"}
    spoken: ClassVar[list[tuple[str, str]]] = []
    is_broken: ClassVar[bool] = False
    is_there: ClassVar[bool] = True

    @classmethod
    def why_not(cls, language: str) -> str:
        return "" if cls.is_there and language == "en" else "hum is not installed"

    def speak(self, text: str, language: str, voice: str = "") -> tuple[Sound, int]:
        if self.is_broken:
            raise VoiceError("hum has a cold")
        self.spoken.append((text, voice))
        return tone(0.5, rate=24_000).astype(np.float32) / 32768, 24_000


@pytest.fixture(autouse=True)
def hum(monkeypatch: pytest.MonkeyPatch) -> Iterator[type[_Voice]]:
    """Only this voice and the tones."""
    for name in set(ENGINES) - {"tone"}:
        monkeypatch.delitem(ENGINES, name)
    monkeypatch.setitem(ENGINES, "hum", _Voice)
    monkeypatch.setattr(_Voice, "spoken", [])
    yield _Voice


def test_a_line_is_rendered_once_for_the_telephone(tmp_path: Path, hum: type[_Voice]) -> None:
    seen: list[Rendered] = []
    first = render_site(tmp_path, [HELLO, HELLO], tmp_path / "cache", seen.append)
    again = render_site(tmp_path, [HELLO], tmp_path / "cache")
    assert hum.spoken == [("Hello.", "")] and seen == first and len(first) == 1
    assert (first[0].engine, first[0].voice, first[0].is_fallback, first[0].is_new) == ("hum", "low", False, True)
    assert again[0].path == first[0].path == tmp_path / "cache" / "aa11.wav" and not again[0].is_new
    sound = open_wav(first[0].path)
    assert (sound.rate, sound.channels, sound.seconds) == (8000, 1, pytest.approx(0.5, abs=0.15))
    assert np.abs(read_channel(sound, 0)).max() == pytest.approx(32767 * 10 ** (-3 / 20), rel=0.01)


def test_what_the_site_brings_is_taken_and_no_voice_asked(tmp_path: Path, hum: type[_Voice]) -> None:
    shipped = write_recording(tmp_path / PACKAGED / "aa11.wav", tone(1))
    (tmp_path / PACKAGED / INDEX).write_text(json.dumps({"speech": {"aa11": {"engine": "kokoro", "voice": "zf"}}}))
    (done,) = render_site(tmp_path, [HELLO], tmp_path / "cache")
    assert (done.path, done.engine, done.voice) == (shipped, "kokoro", "zf")
    assert hum.spoken == [] and not (tmp_path / "cache").exists()


def test_the_voice_a_line_names_is_used(tmp_path: Path, hum: type[_Voice]) -> None:
    (done,) = render_site(tmp_path, [Line("aa11", "Hello.", "en", "hum:high")], tmp_path)
    assert hum.spoken == [("Hello.", "high")] and done.voice == "high"
    (other,) = render_site(tmp_path, [Line("bb22", "Hello.", "en", "espeak-ng:en")], tmp_path)
    assert (other.engine, other.voice) == ("hum", "low")


def test_a_voice_that_fails_leaves_the_line_to_the_next(
    tmp_path: Path, hum: type[_Voice], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hum, "is_broken", True)
    (done,) = render_site(tmp_path, [HELLO], tmp_path / "cache")
    assert (done.engine, done.is_fallback) == ("tone", True)


def test_languages_without_a_voice_are_told_with_the_mend(tmp_path: Path) -> None:
    lines = [Line("a" * 64, "Guten Tag", "de", ""), Line("b" * 64, "Hallo", "de", "")]
    (told,) = complaints(render_site(tmp_path, lines, tmp_path / "cache"), tmp_path)
    assert told.startswith("2 prompts in de have only the emergency voice tone") and "docs/speech.md" in told
    assert complaints([], tmp_path) == [] and mend("de") == ""


def test_an_emergency_voice_is_replaced_when_a_better_one_comes(
    tmp_path: Path, hum: type[_Voice], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hum, "is_there", False)
    assert [render_site(tmp_path, [HELLO], tmp_path / "c")[0].is_new for _ in range(2)] == [True, False]
    monkeypatch.setattr(hum, "is_there", True)
    (done,) = render_site(tmp_path, [HELLO], tmp_path / "c")
    assert (done.engine, done.is_fallback, done.is_new) == ("hum", False, True)


@pytest.mark.parametrize("damage", ["", "{", "[]", '{"speech": 5}', '{"speech": {"aa11": 5}}'])
def test_a_damaged_index_is_no_reason_to_fail(tmp_path: Path, damage: str) -> None:
    render_site(tmp_path, [HELLO], tmp_path / "c")
    (tmp_path / "c" / INDEX).write_text(damage)
    (done,) = render_site(tmp_path, [HELLO], tmp_path / "c")
    assert done.path.exists() and done.engine == "packaged"


def test_the_call_path_finds_the_sites_own_file_first(tmp_path: Path) -> None:
    cache = tmp_path / "cache"
    assert spoken_path(tmp_path, cache, "aa11") is None
    cached = write_recording(cache / "aa11.wav", tone(1))
    assert spoken_path(tmp_path, cache, "aa11") == cached
    own = write_recording(tmp_path / PACKAGED / "aa11.wav", tone(1))
    assert spoken_path(tmp_path, cache, "aa11") == own


def test_texts_that_are_no_longer_said_are_removed(tmp_path: Path) -> None:
    render_site(tmp_path, [HELLO, Line("bb22", "Bye.", "en")], tmp_path)
    forget_others(tmp_path, {"bb22"})
    assert sorted(path.name for path in tmp_path.glob("*")) == ["bb22.wav", INDEX]


@pytest.mark.parametrize("key", ["", "../x", "a/b", "A", "a.b", "a" * 97, "总机"])
def test_no_text_names_a_file(key: str) -> None:
    with pytest.raises(ValueError, match="cannot name a file"):
        Line(key, "Hello.", "en")


def test_a_file_is_whole_or_the_old_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.wav"
    write_whole(path, b"old")
    monkeypatch.setattr("os.replace", lambda *_: (_ for _ in ()).throw(OSError(28, "No space left on device")))
    with pytest.raises(OSError, match="No space"):
        write_whole(path, b"new")
    assert path.read_bytes() == b"old" and [one.name for one in tmp_path.iterdir()] == ["a.wav"]


def test_the_telephones_sound() -> None:
    quiet = np.concatenate([np.zeros(24_000), 0.01 * np.sin(np.arange(24_000) / 10), np.zeros(24_000)])
    sound = to_telephone(quiet.astype(np.float32), 24_000)
    assert len(sound) / RATE == pytest.approx(1.12, abs=0.05)  # the edges went, 60 ms each stayed
    assert np.abs(sound).max() == pytest.approx(32767 * 10 ** (-3 / 20), rel=0.02)
    assert len(to_telephone(np.zeros(0, dtype=np.float32), 24_000)) == 0
    assert not to_telephone(np.zeros(800, dtype=np.float32), 8_000).any()
    with pytest.raises(ValueError, match="no number"):
        to_telephone(np.array([np.nan], dtype=np.float32), 24_000)


def test_pieces_are_joined_in_order_and_once(tmp_path: Path) -> None:
    one, two = write_recording(tmp_path / "1.wav", tone(0.5)), write_recording(tmp_path / "2.wav", silence(0.25))
    assert join([one], tmp_path) == one
    joined = join([one, two, one], tmp_path)
    assert open_wav(joined).seconds == 1.25
    assert not read_channel(open_wav(joined), 0, start_s=0.5, seconds=0.25).any()
    before = joined.stat().st_mtime_ns
    assert join([one, two, one], tmp_path) == joined and joined.stat().st_mtime_ns == before
    write_recording(one, tone(0.5, pitch=880.0))  # a better voice, as long as the first
    os.utime(one, ns=(before + 1, before + 1))
    assert join([one, two, one], tmp_path) != joined


def test_only_telephone_pieces_are_joined(tmp_path: Path) -> None:
    good, wide = write_recording(tmp_path / "1.wav", tone(0.5)), tmp_path / "2.wav"
    write_recording(wide, tone(0.5, rate=16_000), rate=16_000)
    with pytest.raises(WavError, match="mono at 8000 Hz"):
        join([good, wide], tmp_path)
    with pytest.raises(ValueError, match="0 pieces"):
        join([], tmp_path)


@pytest.mark.system
def test_a_list_is_rendered_from_the_command_line(tmp_path: Path) -> None:
    """In its own process: with whatever voices this machine has."""
    lines = tmp_path / "lines.json"
    lines.write_text(json.dumps([{"key": "aa11", "text": "Hello.", "language": "en"}]))
    command = [sys.executable, "-m", "recordings.speech", "--lines", str(lines), "--into", str(tmp_path / "out")]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode in (0, 1) and "1 lines, 1 rendered now" in done.stdout
    assert open_wav(tmp_path / "out" / "aa11.wav").seconds > 0.2
    lines.write_text("nonsense")
    failed = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert failed.returncode == 2 and len(failed.stderr.splitlines()) == 1


def test_usable_voices_are_in_order(hum: type[_Voice]) -> None:
    assert [kind.type for kind in usable("en")] == ["hum", "tone"]
    assert [kind.type for kind in usable("xx")] == ["tone"]
