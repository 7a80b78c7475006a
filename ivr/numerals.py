"""Values as words of a small, closed vocabulary, so that every word can be rendered before any call.

Owns: digits, numbers up to 999 999 and places in a queue, in Chinese and English.
Not here: choosing which values are said (``templates``), sound files (``recordings.speech``).

>>> words("number", "120", "en")
('one hundred', 'twenty')
>>> words("number", "105", "zh")
('一', '百', '零', '五')
"""

from __future__ import annotations

from .phrases import Wording, phrase

KINDS = ("digits", "number", "position")
POSITIONS_SPOKEN = 10  # further back: "more than ten"
LARGEST = 999_999

_EN_SMALL = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen "
    "seventeen eighteen nineteen"
).split()
_EN_TENS = ("", "", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
_ZH_DIGITS = "零一二三四五六七八九"
_ZH_UNITS = ((1000, "千"), (100, "百"), (10, "十"))
_SIGNS = {"en": {"*": "star", "#": "pound", "+": "plus"}, "zh": {"*": "星号", "#": "井号", "+": "加"}}


def is_sayable(kind: str, value: str) -> bool:
    """Whether ``value`` can be said as ``kind`` at all."""
    if kind == "digits":
        return 0 < len(value) <= 40 and all(letter in "0123456789*#+" for letter in value)
    return value.isascii() and value.isdigit() and len(value) <= 6


def words(kind: str, value: str, language: str, overrides: Wording | None = None) -> tuple[str, ...]:
    """The words of one value, each out of ``vocabulary(kind, language)``; none where it cannot be said."""
    if not is_sayable(kind, value):
        return ()
    if kind == "digits":
        return tuple(_digit(letter, language) for letter in value)
    if kind == "position":
        return (position(int(value), language, overrides),)
    return _chinese(int(value)) if language == "zh" else _english(int(value))


def vocabulary(kind: str, language: str, overrides: Wording | None = None) -> tuple[str, ...]:
    """Every word ``words`` can give for this kind."""
    if kind == "digits":
        return tuple(_digit(letter, language) for letter in "0123456789*#+")
    if kind == "position":
        return tuple(position(place, language, overrides) for place in range(1, POSITIONS_SPOKEN + 2))
    if language == "zh":
        return (*_ZH_DIGITS, "十", "百", "千", "万")
    hundreds = tuple(f"{small} hundred" for small in _EN_SMALL[1:10])
    return (*_EN_SMALL, *_EN_TENS[2:], *hundreds, "thousand")


def position(place: int, language: str, overrides: Wording | None = None) -> str:
    """A place in the queue as one sentence (1 is next)."""
    if place <= 1:
        return phrase("next", language, overrides)
    if place > POSITIONS_SPOKEN:
        return phrase("position_many", language, overrides)
    wording = phrase("position", language, overrides)
    return wording.replace("{n}", str(place)).replace("{ahead}", str(place - 1))


def _digit(letter: str, language: str) -> str:
    if letter.isdigit():
        return _ZH_DIGITS[int(letter)] if language == "zh" else _EN_SMALL[int(letter)]
    return _SIGNS.get(language, _SIGNS["en"])[letter]


def _english(number: int) -> tuple[str, ...]:
    if number >= 1000:
        rest = _english(number % 1000) if number % 1000 else ()
        return (*_english(number // 1000), "thousand", *rest)
    said: list[str] = []
    if number >= 100:
        said.append(f"{_EN_SMALL[number // 100]} hundred")
        number %= 100
        if not number:
            return tuple(said)
    if number >= 20:
        said.append(_EN_TENS[number // 10])
        number %= 10
        if not number:
            return tuple(said)
    return (*said, _EN_SMALL[number])


def _chinese(number: int) -> tuple[str, ...]:
    """Character by character: 105 is 一百零五, 12 is 十二, 20 300 is 二万零三百."""
    if number >= 10_000:
        rest = number % 10_000
        gap = ("零",) if 0 < rest < 1000 else ()
        return (*_chinese(number // 10_000), "万", *gap, *(_chinese_part(rest) if rest else ()))
    said = _chinese_part(number)
    return said[1:] if 10 <= number < 20 else said


def _chinese_part(number: int) -> tuple[str, ...]:
    said: list[str] = []
    gap = False
    for size, unit in _ZH_UNITS:
        digit, number = divmod(number, size)
        if digit:
            said += ["零"] if gap else []
            said += [_ZH_DIGITS[digit], unit]
        gap = bool(said) and not digit
    if number or not said:
        said += ["零"] if gap and number else []
        said.append(_ZH_DIGITS[number])
    return tuple(said)
