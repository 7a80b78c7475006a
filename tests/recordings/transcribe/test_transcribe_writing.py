"""From a recording to turns, with an engine that says one word a stretch."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from fake_engine import FakeEngine
from recorded_sound import silence, tone, write_recording

from recordings.transcribe.engine import Found
from recordings.transcribe.messages import Job
from recordings.transcribe.writing import checked, time_allowed_s, write_down
from recordings.wav import WavError


@pytest.fixture
def engine() -> FakeEngine:
    return FakeEngine(Found("fake", "en", "fake"))


def conversation(folder: Path) -> Path:
    """The contact speaks at 1 s and at 8 s, the agent at 4 s."""
    contact = np.concatenate([silence(1), tone(1), silence(6), tone(1), silence(1)])
    agent = np.concatenate([silence(4), tone(2), silence(4)])
    return write_recording(folder / "call.wav", contact, agent)


def test_each_side_is_written_down_by_itself_and_both_are_one_conversation(tmp_path: Path, engine: FakeEngine) -> None:
    answer = write_down(engine, Job("1", str(conversation(tmp_path)), "en"))
    assert answer["seconds"] == 10.0
    turns = answer["turns"]
    assert isinstance(turns, list)
    assert [(turn["side"], round(turn["start_s"])) for turn in turns] == [("contact", 1), ("agent", 4), ("contact", 8)]


def test_the_engine_gets_16_khz_and_only_speech(tmp_path: Path, engine: FakeEngine) -> None:
    write_down(engine, Job("1", str(conversation(tmp_path)), "en"))
    assert [round(length / 16_000) for length in engine.heard] == [2, 2, 3]  # half a second around each


def test_silence_yields_no_turn_and_asks_nobody(tmp_path: Path, engine: FakeEngine) -> None:
    path = write_recording(tmp_path / "silent.wav", silence(5), silence(5))
    assert write_down(engine, Job("1", str(path), "en"))["turns"] == []
    assert engine.heard == []


def test_phrases_reach_the_engine(tmp_path: Path, engine: FakeEngine) -> None:
    path = write_recording(tmp_path / "a.wav", tone(1))
    answer = write_down(engine, Job("1", str(path), "en", {"contact": 0}, phrases=("repairs",)))
    assert answer["turns"][0]["text"] == "repairs"  # type: ignore[index]


def test_a_channel_that_is_not_there_is_named(tmp_path: Path, engine: FakeEngine) -> None:
    path = write_recording(tmp_path / "mono.wav", tone(1))
    with pytest.raises(WavError, match=r"has 1 channel\(s\), no channel 1 for the agent"):
        write_down(engine, Job("1", str(path), "en"))


def test_a_header_without_sound_is_refused(tmp_path: Path) -> None:
    with pytest.raises(WavError, match="without sound"):
        checked(Job("1", str(write_recording(tmp_path / "a.wav", silence(0), silence(0))), "en"))


def test_time_allowed_grows_with_the_sound_unless_the_job_says(tmp_path: Path) -> None:
    job = Job("1", str(conversation(tmp_path)), "en")
    assert time_allowed_s(job, checked(job)) == 30.0 + 1.5 * 10 * 2
    assert time_allowed_s(Job("1", job.path, "en", timeout_s=3.0), checked(job)) == 3.0
