"""Dates, times, durations, money and ordinals as words that were rendered beforehand, and as written text.

Owns: the kinds ``ordinal minutes duration date time money``. Not here: digits and numbers (``numerals``).

>>> words("time", "13:50", "zh"), words("duration", "120", "zh")
(('下午', '一', '点', '五', '十'), ('两', '分钟'))
>>> words("money", "128.5", "en")
('one hundred', 'twenty', 'eight', 'yuan', 'fifty', 'fen')
>>> written("minutes", "2", "zh"), written("ordinal", "3", "en")
('约2分钟', '3rd')
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date

from .numbers_said import CHINESE_DIGITS, chinese, english, number_vocabulary

MEASURES = ("ordinal", "minutes", "duration", "date", "time", "money")
ORDINALS_SPOKEN = 31
ABOUT = (1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 12, 15, 20, 25, 30, 40, 50, 60)  # minutes with a sentence of their own

_ORDINALS = (
    "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth fifteenth "
    "sixteenth seventeenth eighteenth nineteenth twentieth"
).split()
_ORDINALS += [f"twenty-{word}" for word in _ORDINALS[:9]] + ["thirtieth", "thirty-first"]
_MONTHS = ("January February March April May June July August September October November December").split()
_PERIODS = ((6, "凌晨"), (9, "早上"), (12, "上午"), (13, "中午"), (18, "下午"), (24, "晚上"))
_UNITS = {  # Chinese, English one, English many
    "hour": ("小时", "hour", "hours"),
    "minute": ("分钟", "minute", "minutes"),
    "second": ("秒", "second", "seconds"),
}
_SECONDS = {"hour": 3600, "minute": 60, "second": 1}
_MONEY = {  # Chinese; English: one and many of the whole, one and many of the hundredth
    "CNY": ("元", "yuan", "yuan", "fen", "fen"),
    "USD": ("美元", "dollar", "dollars", "cent", "cents"),
    "EUR": ("欧元", "euro", "euros", "cent", "cents"),
}
_SIGNS = {"CNY": "¥", "USD": "$", "EUR": "€"}
_AMOUNT = re.compile(r"([0-9]{1,6})(?:\.([0-9]{1,2}))?(?:\s?(CNY|USD|EUR))?", re.ASCII)
_CLOCK = re.compile(r"([01]?[0-9]|2[0-3]):([0-5][0-9])(?::[0-5][0-9])?|([01][0-9]|2[0-3])([0-5][0-9])", re.ASCII)
_PRESSED_DAY = re.compile(r"([0-9]{4})([0-9]{2})([0-9]{2})", re.ASCII)


def is_sayable(kind: str, value: str) -> bool:
    """Whether ``value`` can be said as this kind: ``2026-12-31``, ``13:50``, ``128.50``, whole seconds or minutes; a
    date and a time also as they are entered by keys (``gather``): ``20261231``, ``1350``."""
    if kind == "date":
        return _date(value) is not None
    if kind == "time":
        return _CLOCK.fullmatch(value) is not None
    if kind == "money":
        return _AMOUNT.fullmatch(value) is not None
    if not (value.isascii() and value.isdigit() and len(value) <= 6):
        return False
    return kind != "ordinal" or 1 <= int(value) <= ORDINALS_SPOKEN


def words(kind: str, value: str, language: str) -> tuple[str, ...]:
    """The words of one sayable value, each out of ``vocabulary(kind, language)``."""
    return _WORDS[kind](value, language == "zh")


def written(kind: str, value: str, language: str) -> str:
    """The value for reading."""
    is_zh = language == "zh"
    if kind == "ordinal":
        return f"第{value}" if is_zh else value + _ending(int(value))
    if kind == "minutes":
        return _about(int(value), is_zh, lambda minutes: str(minutes))
    if kind == "duration":
        spans = _spans(int(value))
        return "".join(f"{n}{_UNITS[unit][0]}" for n, unit in spans) if is_zh else _english_spans(spans)
    if kind == "date":
        day = _date(value) or date.min
        return f"{day.month}月{day.day}日" if is_zh else f"{_MONTHS[day.month - 1]} {day.day}"
    if kind == "money":
        whole, rest, currency = _amount(value)
        return f"{_SIGNS[currency]}{whole}.{rest:02d}"
    return value if ":" in value else f"{value[:2]}:{value[2:]}"


def vocabulary(kind: str, language: str) -> tuple[str, ...]:
    """Every word ``words`` can give for this kind."""
    is_zh = language == "zh"
    if kind == "ordinal":
        return tuple(word for n in range(1, ORDINALS_SPOKEN + 1) for word in _ordinal(str(n), is_zh))
    if kind == "minutes":
        return tuple(_minutes(str(n), is_zh)[0] for n in (0, *ABOUT, ABOUT[-1] + 1))
    numbers = (*number_vocabulary(language), *(("两",) if is_zh else ()))
    return (*numbers, *_UNIT_WORDS[kind](is_zh))


# --- one kind each -----------------------------------------------------------------------------------------------


def _ordinal(value: str, is_zh: bool) -> tuple[str, ...]:
    number = int(value)
    return ("第" + "".join(chinese(number)),) if is_zh else (_ORDINALS[number - 1],)


def _ending(number: int) -> str:
    if 10 <= number % 100 <= 20:
        return "th"
    return {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")


def _minutes(value: str, is_zh: bool) -> tuple[str, ...]:
    number = int(value)
    return (_about(number, is_zh, lambda n: _before_unit(n) if is_zh else "-".join(english(n))),)


def _about(minutes: int, is_zh: bool, name: Callable[[int], str]) -> str:
    """ "about 2 minutes", never less than it is: a promise that is kept."""
    if minutes < 1:
        return "不到一分钟" if is_zh else "less than a minute"
    fitting = next((step for step in ABOUT if step >= minutes), 0)
    if not fitting:
        return "一个小时以上" if is_zh else "more than an hour"
    unit = "minute" if fitting == 1 else "minutes"
    return f"约{name(fitting)}分钟" if is_zh else f"about {name(fitting)} {unit}"


def _before_unit(number: int) -> str:
    """Two of something is 两; all else as a number."""
    return "两" if number == 2 else "".join(chinese(number))


def _counted(number: int, is_zh: bool) -> tuple[str, ...]:
    if is_zh:
        return ("两",) if number == 2 else chinese(number)
    return english(number)


def _spans(seconds: int) -> list[tuple[int, str]]:
    found: list[tuple[int, str]] = []
    for unit, length in _SECONDS.items():
        count, seconds = divmod(seconds, length)
        if count:
            found.append((count, unit))
    return found or [(0, "second")]


def _english_spans(spans: list[tuple[int, str]]) -> str:
    return " ".join(f"{n} {_UNITS[unit][1 if n == 1 else 2]}" for n, unit in spans)


def _duration(value: str, is_zh: bool) -> tuple[str, ...]:
    said: list[str] = []
    for count, unit in _spans(int(value)):
        said += [*_counted(count, is_zh), _UNITS[unit][0 if is_zh else 1 if count == 1 else 2]]
    return tuple(said)


def _date(value: str) -> date | None:
    pressed = _PRESSED_DAY.fullmatch(value)
    day = "-".join(pressed.groups()) if pressed else value[:10]
    try:
        return date.fromisoformat(day) if len(day) == 10 else None
    except ValueError:
        return None


def _day(value: str, is_zh: bool) -> tuple[str, ...]:
    day = _date(value) or date.min
    if is_zh:
        return (*chinese(day.month), "月", *chinese(day.day), "日")
    return (_MONTHS[day.month - 1], _ORDINALS[day.day - 1])


def _time(value: str, is_zh: bool) -> tuple[str, ...]:
    hour, minute = (int(part) for part in written("time", value, "en").split(":")[:2])
    if is_zh:
        period = next(name for end, name in _PERIODS if hour < end)
        spoken = hour if hour <= 12 else hour - 12
        rest = () if not minute else ("零", CHINESE_DIGITS[minute], "分") if minute < 10 else chinese(minute)
        return (period, *_counted(spoken, True), "点", *rest)
    rest = () if not minute else ("oh", *english(minute)) if minute < 10 else english(minute)
    return (*english(hour % 12 or 12), *rest, "a m" if hour < 12 else "p m")


def _amount(value: str) -> tuple[int, int, str]:
    match = _AMOUNT.fullmatch(value)
    whole, rest, currency = match.groups() if match else ("0", "", "")
    return int(whole), int((rest or "0").ljust(2, "0")), currency or "CNY"


def _money(value: str, is_zh: bool) -> tuple[str, ...]:
    whole, rest, currency = _amount(value)
    names = _MONEY[currency]
    if not is_zh:
        said = [*english(whole), names[1 if whole == 1 else 2]]
        return (*said, *english(rest), names[3 if rest == 1 else 4]) if rest else tuple(said)
    tenth, hundredth = divmod(rest, 10)
    parts = [*_counted(whole, True), names[0]]
    if tenth:
        parts += [*_counted(tenth, True), "角"]
    if hundredth:
        parts += [*(() if tenth else ("零",)), *_counted(hundredth, True), "分"]
    return tuple(parts)


_WORDS: dict[str, Callable[[str, bool], tuple[str, ...]]] = {
    "ordinal": _ordinal,
    "minutes": _minutes,
    "duration": _duration,
    "date": _day,
    "time": _time,
    "money": _money,
}
_UNIT_WORDS: dict[str, Callable[[bool], tuple[str, ...]]] = {
    "duration": lambda zh: tuple(word for unit in _UNITS.values() for word in (unit[:1] if zh else unit[1:])),
    "date": lambda zh: ("月", "日") if zh else (*_MONTHS, *_ORDINALS),
    "time": lambda zh: (*(name for _, name in _PERIODS), "点", "分") if zh else ("oh", "a m", "p m"),
    "money": lambda zh: tuple(
        dict.fromkeys(word for name in _MONEY.values() for word in ((name[0], "角", "分") if zh else name[1:]))
    ),
}
