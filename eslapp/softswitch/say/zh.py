"""Chinese, with the file names of FreeSWITCH's mod_say_zh. Pure.

>>> files("number", "pronounced", "10203")
['digits/1', 'digits/10000', 'digits/2', 'digits/100', 'digits/0', 'digits/3']
>>> files("number", "pronounced", "15"), files("number", "counted", "2")
(['digits/10', 'digits/5'], ['digits/ordinal', 'digits/2'])
"""

from __future__ import annotations

from datetime import datetime

from eslapp.softswitch import say

IS_ONE_FILE = False


def files(kind: str, method: str, text: str, zone: str = "", now_s: int = 0) -> list[str]:
    """See the package."""
    if kind in say.COUNTS:
        return count(text, method)
    if kind == "time_measurement":
        return duration(*say.span(text, now_s))
    if kind in ("current_date", "current_time", "current_date_time", "short_date_time"):
        return date_and_time(kind, say.instant(text, zone, now_s))
    if kind == "currency":
        return money(text, method)
    if kind == "ip_address":
        return say.address(text, method, count)
    if kind in ("name_spelled", "name_phonetic"):
        return say.spelled(text, kind)
    return []


def count(text: str, method: str) -> list[str]:
    """A number: digit by digit, as a quantity, or as an ordinal (第...)."""
    digits = say.plain_digits(text)
    if digits is None:
        return []
    if method == "iterated":
        return [f"digits/{digit}" for digit in digits]
    if len(digits) > say.MAX_DIGITS:
        return []
    number = int(digits or "0")
    if number == 0:
        return ["digits/0"]
    ordinal = ["digits/ordinal"] if method == "counted" else []
    return ordinal + quantity(number) if method in ("pronounced", "counted") else []


def quantity(number: int) -> list[str]:
    """Up to 999,999,999: groups of four digits (万, 亿), 零 where places are skipped, 十五 without its 一."""
    if number == 0:
        return ["digits/0"]
    found: list[str] = []
    for unit, name in ((100_000_000, "100000000"), (10_000, "10000"), (1, "")):
        group, number = divmod(number, unit)
        if group:
            found += four_digits(group, is_first=not found)
            found += [f"digits/{name}"] if name else []
    return found


def four_digits(group: int, *, is_first: bool) -> list[str]:
    """千百十; a zero is heard once, before the next digit that is none."""
    found: list[str] = []
    thousands, hundreds, tens, ones = (group // place % 10 for place in (1000, 100, 10, 1))
    is_begun = not is_first
    if thousands:
        found += [f"digits/{thousands}", "digits/1000"]
        is_begun = True
    if hundreds:
        found += [f"digits/{hundreds}", "digits/100"]
        is_begun = True
    elif tens and is_begun:
        found.append("digits/0")
    if tens:
        found += [f"digits/{tens}"] if tens != 1 or hundreds else []
        found.append("digits/10")
    elif ones and is_begun:
        found.append("digits/0")
    return found + ([f"digits/{ones}"] if ones else [])


def spoken_two(number: int) -> list[str]:
    """两 rather than 二 before a unit of time."""
    return ["time/2s"] if number == 2 else quantity(number)


def duration(hours: int, minutes: int, seconds: int) -> list[str]:
    """What is zero is left out until something was said."""
    found: list[str] = []
    if hours:
        found += [*spoken_two(hours), "time/hours"]
    if minutes or found:
        found += [*spoken_two(minutes), "time/minute"]
    if seconds:
        return [*found, *spoken_two(seconds), "time/seconds"]
    return [*found, "digits/0", "time/second"] if found else []


def date_and_time(kind: str, when: datetime) -> list[str]:
    """年月日, the day of the week, and the hour with its part of the day."""
    found: list[str] = []
    if kind in ("current_date", "current_date_time"):
        found += [*count(str(when.year), "iterated"), "time/year", *quantity(when.month), "time/month"]
        found += [*quantity(when.day), "time/day", f"time/day-{say.week_day(when)}"]
    if kind in ("current_time", "current_date_time"):
        part = ("morning", "am", "pm", "evening")[when.hour // 6]
        found += [f"time/{part}", *spoken_two((when.hour - 1) % 12 + 1), "time/hour"]
        found += [*spoken_two(when.minute), "time/minute"]
    return found


def money(text: str, method: str) -> list[str]:
    """Dollars and cents; ``zh_CN`` says yuan."""
    parts = say.money_parts(text)
    if parts is None:
        return []
    sign, dollars, cents = parts
    found = ["currency/negative"] if sign == "-" else []
    found += [*count(dollars, method), "currency/dollar"]
    return [*found, *(count(cents[:2], method) if cents is not None else ["digits/0"]), "currency/cent"]
