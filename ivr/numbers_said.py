"""Whole numbers up to 999 999 as words, in Chinese and English.

Owns: numbers as words. Not here: digits one by one and places (``numerals``), dates, times and money (``measures``).

>>> english(120), chinese(105)
(('one hundred', 'twenty'), ('一', '百', '零', '五'))
"""

from __future__ import annotations

ENGLISH_SMALL = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen "
    "seventeen eighteen nineteen"
).split()
_EN_TENS = ("", "", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
CHINESE_DIGITS = "零一二三四五六七八九"
_ZH_UNITS = ((1000, "千"), (100, "百"), (10, "十"))


def number_vocabulary(language: str) -> tuple[str, ...]:
    """Every word of a number."""
    if language == "zh":
        return (*CHINESE_DIGITS, "十", "百", "千", "万")
    hundreds = tuple(f"{small} hundred" for small in ENGLISH_SMALL[1:10])
    return (*ENGLISH_SMALL, *_EN_TENS[2:], *hundreds, "thousand")


def english(number: int) -> tuple[str, ...]:
    if number >= 1000:
        rest = english(number % 1000) if number % 1000 else ()
        return (*english(number // 1000), "thousand", *rest)
    said: list[str] = []
    if number >= 100:
        said.append(f"{ENGLISH_SMALL[number // 100]} hundred")
        number %= 100
        if not number:
            return tuple(said)
    if number >= 20:
        said.append(_EN_TENS[number // 10])
        number %= 10
        if not number:
            return tuple(said)
    return (*said, ENGLISH_SMALL[number])


def chinese(number: int) -> tuple[str, ...]:
    """Character by character: 105 is 一百零五, 12 is 十二, 20 300 is 二万零三百."""
    if number >= 10_000:
        rest = number % 10_000
        gap = ("零",) if 0 < rest < 1000 else ()
        return (*chinese(number // 10_000), "万", *gap, *(_chinese_part(rest) if rest else ()))
    said = _chinese_part(number)
    return said[1:] if 10 <= number < 20 else said


def _chinese_part(number: int) -> tuple[str, ...]:
    said: list[str] = []
    gap = False
    for size, unit in _ZH_UNITS:
        digit, number = divmod(number, size)
        if digit:
            said += ["零"] if gap else []
            said += [CHINESE_DIGITS[digit], unit]
        gap = bool(said) and not digit
    if number or not said:
        said += ["零"] if gap and number else []
        said.append(CHINESE_DIGITS[number])
    return tuple(said)
