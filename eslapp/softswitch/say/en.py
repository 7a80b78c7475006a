"""English, with the file names of FreeSWITCH's mod_say_en. Pure.

>>> files("number", "pronounced", "123")
['digits/1', 'digits/hundred', 'digits/20', 'digits/3']
"""

from __future__ import annotations

from datetime import datetime

from eslapp.softswitch import say

IS_ONE_FILE = True


def files(kind: str, method: str, text: str, zone: str = "", now_s: int = 0) -> list[str]:
    """See the package."""
    if kind in say.COUNTS:
        return count(text, method)
    if kind == "time_measurement":
        return duration(*say.span(text, now_s))
    if kind in ("current_date", "current_time", "current_date_time", "short_date_time"):
        when, now = say.instant(text, zone, now_s), say.local(now_s, zone)
        return date_and_time(kind, method, when, now)
    if kind == "currency":
        return money(text, method)
    if kind == "ip_address":
        return say.address(text, method, count)
    if kind in ("name_spelled", "name_phonetic"):
        return say.spelled(text, kind)
    return telephone(text) if kind == "telephone_number" else []


def count(text: str, method: str) -> list[str]:
    """A number: digit by digit, as a quantity, as an ordinal, as a year."""
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
    if method == "pronounced_year":
        return year(number)
    return quantity(number, is_ordinal=method == "counted") if method in ("pronounced", "counted") else []


def quantity(number: int, *, is_ordinal: bool = False) -> list[str]:
    """``digits/20 digits/3``; the ordinal forms are ``digits/h-...``."""
    if number == 0:
        return ["digits/0"]
    found: list[str] = []
    for unit, name in ((1_000_000, "million"), (1_000, "thousand")):
        group, number = divmod(number, unit)
        if group:
            found += [*hundreds(group), f"digits/{name}"]
    return found + hundreds(number, is_ordinal=is_ordinal)


def hundreds(group: int, *, is_ordinal: bool = False) -> list[str]:
    """A group of three digits."""
    found: list[str] = []
    hundred, rest = divmod(group, 100)
    ten, one = divmod(rest, 10)
    if hundred:
        found += [f"digits/{hundred}", "digits/hundred"]
    if ten == 1:
        return [*found, f"digits/{rest}"]
    if ten:
        found.append(f"digits/h-{ten}0" if is_ordinal and not one else f"digits/{ten}0")
    if one:
        found.append(f"digits/h-{one}" if is_ordinal else f"digits/{one}")
    return found


def year(number: int) -> list[str]:
    """Nineteen ninety-five, but two thousand and nineteen hundred."""
    century, rest = divmod(number, 100)
    if not rest or century % 10 == 0:
        return quantity(number)
    return quantity(century) + quantity(rest)


def duration(hours: int, minutes: int, seconds: int) -> list[str]:
    """All three, also those that are zero."""
    found: list[str] = []
    for number, name in ((hours, "hour"), (minutes, "minute"), (seconds, "second")):
        found += [*quantity(number), f"time/{name}" if number == 1 else f"time/{name}s"]
    return found


def date_and_time(kind: str, method: str, when: datetime, now: datetime) -> list[str]:
    """The day and the hour, as far as the kind wants them."""
    day = day_words(kind, when, now)
    if kind == "current_date":
        return day
    joined = [*day, "time/at"] if day else []
    return joined + (military(when) if method == "iterated" else clock(when))


def day_words(kind: str, when: datetime, now: datetime) -> list[str]:
    """What is said of the day; the short form says no more than is needed."""
    week_day = [f"time/day-{say.week_day(when)}"]
    month_day = [f"time/mon-{when.month - 1}", *quantity(when.day, is_ordinal=True)]
    whole = [*week_day, *month_day, *year(when.year)]
    if kind == "current_time":
        return []
    if kind != "short_date_time" or when.date() > now.date() or when.year != now.year:
        return whole
    ago = (now.date() - when.date()).days
    if ago < 2:
        return [("time/today", "time/yesterday")[ago]]
    return week_day if ago <= 5 else [*week_day, *month_day]


def clock(when: datetime) -> list[str]:
    """Five oh three p.m."""
    minutes = quantity(when.minute)
    if when.minute == 0:
        minutes = ["time/oclock"]
    elif when.minute < 10:
        minutes = ["time/oh", *minutes]
    return [*quantity(when.hour % 12 or 12), *minutes, "time/p-m" if when.hour >= 12 else "time/a-m"]


def military(when: datetime) -> list[str]:
    """Oh eight hundred hours."""
    hour = 24 if when.hour == when.minute == 0 else when.hour
    found = [*(["digits/0"] if hour < 10 else []), *quantity(hour)]
    if when.minute:
        found += [*(["digits/0"] if when.minute < 10 else []), *quantity(when.minute)]
    else:
        found.append("digits/hundred")
    return [*found, "time/hours"]


def money(text: str, method: str) -> list[str]:
    """Dollars and cents."""
    parts = say.money_parts(text)
    if parts is None:
        return []
    sign, dollars, cents = parts
    found = ["currency/negative"] if sign == "-" else []
    found += [*count(dollars, method), "currency/dollar" if int(dollars or "0") == 1 else "currency/dollars"]
    if cents is not None:
        cents = cents[:2]
        found += ["currency/and", *count(cents, method)]
        found.append("currency/cent" if say.leading_number(cents) == 1 else "currency/cents")
    return found


def telephone(text: str) -> list[str]:
    """Digits and letters, a short silence where anything else stands."""
    found: list[str] = []
    for each in text[: say.MAX_TEXT].lower():
        if each in "0123456789":
            found.append(f"digits/{each}")
        elif each == "+" or "a" <= each <= "z":
            found.append(f"ascii/{ord(each)}")
        elif found[-1:] != ["silence_stream://100"]:
            found.append("silence_stream://100")
    return found
