"""Values as words of a closed vocabulary."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.numerals import KINDS, LARGEST, is_sayable, vocabulary, words


@pytest.mark.parametrize(
    "value, zh, en",
    [
        ("0", "零", "zero"),
        ("12", "十二", "twelve"),
        ("20", "二十", "twenty"),
        ("105", "一百零五", "one hundred five"),
        ("110", "一百一十", "one hundred ten"),
        ("1050", "一千零五十", "one thousand fifty"),
        ("20300", "二万零三百", "twenty thousand three hundred"),
        ("120000", "十二万", "one hundred twenty thousand"),
    ],
)
def test_numbers(value: str, zh: str, en: str) -> None:
    assert "".join(words("number", value, "zh")) == zh
    assert " ".join(words("number", value, "en")) == en


def test_digits_and_places() -> None:
    assert words("digits", "10#", "en") == ("one", "zero", "pound")
    assert words("digits", "10", "zh") == ("一", "零")
    assert words("position", "1", "en") == ("You are next in line. Please stay with us.",)
    assert words("position", "3", "zh") == ("您前面还有2位，请稍候。",)
    assert "ten" in words("position", "55", "en")[0]


@given(st.integers(0, LARGEST), st.sampled_from(["zh", "en"]), st.sampled_from(KINDS))
def test_every_word_is_in_the_rendered_vocabulary(number: int, language: str, kind: str) -> None:
    said = words(kind, str(number), language)
    assert said
    assert set(said) <= set(vocabulary(kind, language))


@given(st.text(max_size=20), st.sampled_from(KINDS))
def test_what_cannot_be_said_is_silent_not_an_error(value: str, kind: str) -> None:
    assert bool(words(kind, value, "en")) == is_sayable(kind, value)
