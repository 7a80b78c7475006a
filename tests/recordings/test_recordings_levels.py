"""The gate in front of the recognisers: silence and hiss yield nothing, speech keeps its place."""

from __future__ import annotations

import numpy as np
import pytest
from recorded_sound import RATE, hiss, silence, tone

from recordings.levels import Gate, frame_levels, speech_spans


def test_levels_are_dbfs() -> None:
    assert frame_levels(tone(1.0, level=1.0), RATE).max() == pytest.approx(-3.0, abs=0.1)
    assert frame_levels(silence(1.0), RATE).max() == -96.0
    assert len(frame_levels(silence(0.01), RATE)) == 0


@pytest.mark.parametrize("sound", [silence(3.0), hiss(3.0), silence(0.0), tone(0.04)])
def test_where_nobody_speaks_there_is_no_span(sound: np.ndarray) -> None:
    assert speech_spans(sound, RATE) == []


def test_speech_is_found_with_its_padding() -> None:
    sound = np.concatenate([hiss(2.0), tone(1.0), hiss(2.0)])
    (span,) = speech_spans(sound, RATE, Gate(pad_s=0.3))
    assert (span.start_s, span.end_s) == (pytest.approx(1.7, abs=0.05), pytest.approx(3.3, abs=0.05))


def test_short_pauses_join_and_long_ones_part() -> None:
    sound = np.concatenate([tone(0.5), silence(0.4), tone(0.5), silence(3.0), tone(0.5)])
    assert len(speech_spans(sound, RATE)) == 2


def test_a_noisy_line_still_lets_a_voice_through() -> None:
    sound = hiss(4.0, level=0.02)
    sound[RATE : 2 * RATE] += tone(1.0, level=0.3)
    (span,) = speech_spans(sound, RATE)
    assert span.start_s == pytest.approx(0.5, abs=0.1)


def test_a_long_speech_is_cut_at_its_quietest_place() -> None:
    sound = np.concatenate([tone(8.0), silence(0.2), tone(8.0)])
    first, second = speech_spans(sound, RATE, Gate(longest_s=10.0))
    assert first.end_s == second.start_s == pytest.approx(8.1, abs=0.15)
    assert all(span.seconds <= 10.0 for span in (first, second))
