"""When somebody has finished speaking."""

import numpy as np
import pytest

from recordings.utterance import Utterance, speech_of

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
