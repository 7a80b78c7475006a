"""When somebody has finished speaking."""

import numpy as np
import pytest

from recordings.utterance import Utterance, interruption, speech_of

RULE = Utterance(pause_s=1.0, first_s=3.0, longest_s=5.0)


def levels(*parts: tuple[float, float]) -> np.ndarray:
    """``(dB, seconds)`` one after the other."""
    return np.concatenate([np.full(round(seconds * 50), db) for db, seconds in parts])


@pytest.mark.parametrize(
    "parts, judged",
    [
        ([(-90, 2.9)], ""),
        ([(-90, 3.1)], "silent"),
        ([(-90, 2.0), (-20, 0.1), (-90, 1.2)], "silent"),  # a click
        ([(-90, 2.0), (-20, 1.0), (-90, 0.5)], ""),
        ([(-90, 2.0), (-20, 1.0), (-90, 1.1)], "spoken"),
        ([(-45, 2.0), (-20, 1.0), (-45, 1.1)], "spoken"),  # a noisy line
        ([(-90, 1.0), (-20, 1.0), (-90, 0.6), (-20, 1.0), (-90, 0.6)], ""),
        ([(-90, 1.0), (-20, 5.1)], "too_long"),
    ],
)
def test_the_end_of_speech(parts: list[tuple[float, float]], judged: str) -> None:
    assert RULE.judge(levels(*parts)) == judged


def test_time_counts_from_the_end_of_the_prompt_and_words_before_it_count_when_they_go_on() -> None:
    assert RULE.judge(levels((-90, 5.0)), since_s=4.0) == ""
    assert RULE.judge(levels((-90, 7.1)), since_s=4.0) == "silent"
    assert RULE.judge(levels((-90, 3.0), (-20, 2.0), (-90, 1.1)), since_s=4.0) == "spoken"


def test_where_the_speech_is() -> None:
    first, last, total = speech_of(levels((-90, 1.0), (-20, 0.5), (-90, 1.0), (-20, 0.5)))
    assert (round(first, 2), round(last, 2), round(total, 2)) == (1.0, 3.0, 1.0)
    assert speech_of(levels((-90, 1.0))) == (0.0, 0.0, 0.0)


PROMPT = levels((-18, 3.0))


@pytest.mark.parametrize(
    "heard, since_s",
    [
        (levels((-90, 3.0)), None),
        (levels((-38, 3.0)), None),  # the prompt's echo
        (levels((-90, 2.5), (-25, 0.1), (-90, 0.4)), None),  # a click
        (levels((-90, 2.4), (-25, 0.6)), 2.4),
        (levels((-38, 2.4), (-25, 0.6)), 2.4),  # through the echo
        (levels((-90, 0.5), (-25, 0.6), (-90, 1.9)), None),  # over for long: noise, and nobody waits
        (levels((-90, 2.0), (-25, 0.2), (-90, 0.1), (-25, 0.3), (-90, 0.2)), 2.0),
    ],
)
def test_speech_over_a_prompt(heard: np.ndarray, since_s: float | None) -> None:
    found = interruption(heard, PROMPT)
    assert (found is None) if since_s is None else found == pytest.approx(since_s, abs=0.1)


def test_a_pause_of_the_prompt_may_be_used_and_its_late_echo_not() -> None:
    prompt = levels((-18, 1.0), (-90, 1.0))
    assert interruption(levels((-90, 1.0), (-38, 0.4), (-90, 0.6)), prompt) is None
    assert interruption(levels((-90, 1.45), (-40, 0.55)), prompt) == pytest.approx(1.46, abs=0.1)
    assert interruption(np.empty(0), prompt) is None
