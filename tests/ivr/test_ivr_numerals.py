"""Values as words of a closed vocabulary."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.measures import written
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


@pytest.mark.parametrize(
    "kind, value, zh, en, read_zh, read_en",
    [
        ("ordinal", "3", "第三", "third", "第3", "3rd"),
        ("ordinal", "22", "第二十二", "twenty-second", "第22", "22nd"),
        ("ordinal", "11", "第十一", "eleventh", "第11", "11th"),
        ("minutes", "0", "不到一分钟", "less than a minute", "不到一分钟", "less than a minute"),
        ("minutes", "1", "约一分钟", "about one minute", "约1分钟", "about 1 minute"),
        ("minutes", "2", "约两分钟", "about two minutes", "约2分钟", "about 2 minutes"),
        ("minutes", "11", "约十二分钟", "about twelve minutes", "约12分钟", "about 12 minutes"),
        ("minutes", "61", "一个小时以上", "more than an hour", "一个小时以上", "more than an hour"),
        ("duration", "7202", "两小时两秒", "two hours two seconds", "2小时2秒", "2 hours 2 seconds"),
        ("duration", "60", "一分钟", "one minute", "1分钟", "1 minute"),
        ("date", "2026-12-22", "十二月二十二日", "December twenty-second", "12月22日", "December 22"),
        ("date", "20261231", "十二月三十一日", "December thirty-first", "12月31日", "December 31"),
        ("time", "13:50", "下午一点五十", "one fifty p m", "13:50", "13:50"),
        ("time", "0930", "上午九点三十", "nine thirty a m", "09:30", "09:30"),
        ("time", "02:05", "凌晨两点零五分", "two oh five a m", "02:05", "02:05"),
        ("time", "12:00", "中午十二点", "twelve p m", "12:00", "12:00"),
        ("money", "2", "两元", "two yuan", "¥2.00", "¥2.00"),
        ("money", "128.5", "一百二十八元五角", "one hundred twenty eight yuan fifty fen", "¥128.50", "¥128.50"),
        ("money", "1.05 USD", "一美元零五分", "one dollar five cents", "$1.05", "$1.05"),
    ],
)  # fmt: skip
def test_dates_times_durations_and_money(kind: str, value: str, zh: str, en: str, read_zh: str, read_en: str) -> None:
    assert ("".join(words(kind, value, "zh")), " ".join(words(kind, value, "en"))) == (zh, en)
    assert (written(kind, value, "zh"), written(kind, value, "en")) == (read_zh, read_en)


def as_kind(kind: str, number: int) -> str:
    """Some value of this kind."""
    shapes = {
        "ordinal": lambda n: str(n % 31 + 1),
        "date": lambda n: str(date.fromordinal(730_000 + n)),
        "time": lambda n: f"{n // 60 % 24:02d}:{n % 60:02d}",
        "money": lambda n: f"{n // 100}.{n % 100:02d}",
    }
    return shapes.get(kind, str)(number)


@given(st.integers(0, LARGEST), st.sampled_from(["zh", "en"]), st.sampled_from(KINDS))
def test_every_word_is_in_the_rendered_vocabulary(number: int, language: str, kind: str) -> None:
    said = words(kind, as_kind(kind, number), language)
    assert said
    assert set(said) <= set(vocabulary(kind, language))


@given(st.text(max_size=20), st.sampled_from(KINDS))
def test_what_cannot_be_said_is_silent_not_an_error(value: str, kind: str) -> None:
    assert bool(words(kind, value, "en")) == is_sayable(kind, value)
