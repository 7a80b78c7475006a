"""What ``say`` reads out, as names of sound files: one file per language. Pure.

Each language module has ``files(kind, method, text, zone) -> list[str]`` (empty: nothing can be said) and
``IS_ONE_FILE``: whether FreeSWITCH's module plays them as one sound. Not here: playing (``apps/say.py``).
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime
from types import ModuleType
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

MAX_DIGITS = 9
MAX_TEXT = 256
COUNTS = frozenset({"number", "items", "persons", "messages"})


def language(name: str) -> ModuleType | None:
    """The module of a say-module's name: en, zh, zh_CN."""
    from eslapp.softswitch.say import en, zh, zh_cn

    return {"en": en, "zh": zh, "zh_CN": zh_cn}.get(name)


def plain_digits(text: str) -> str | None:
    """Digits without thousands separators; None where anything else stands between."""
    digits = text.replace(",", "")
    return digits if re.fullmatch(r"[0-9]*", digits) else None


def money_parts(text: str) -> tuple[str, str, str | None] | None:
    """(sign, whole, fraction or None) of an amount such as ``$ -1,234.50``; None when it is too long."""
    kept = re.sub(r"[^0-9.+-]", "", text)
    if len(text) > 15:
        return None
    sign = kept[0] if kept[:1] in ("+", "-") and kept else ""
    number, point, fraction = kept[len(sign) :].partition(".")
    return sign, number, fraction if point else None


def span(text: str, now_s: int) -> tuple[int, int, int]:
    """Hours, minutes, seconds of ``1:02:03``, ``2:03`` or a number of seconds (none: those since the epoch)."""
    if ":" in text:
        numbers = [leading_number(part) for part in text.split(":")]
        hours, minutes, seconds = ([0] * (3 - len(numbers)) + numbers)[-3:]
        return hours, minutes, seconds
    seconds = leading_number(text)
    if seconds <= 0:
        seconds = now_s
    return seconds // 3600, seconds // 60 % 60, seconds % 60


def instant(text: str, zone: str, now_s: int) -> datetime:
    """The local time of an epoch; of now when it is none. ``zone`` is a name, or seconds east of Greenwich."""
    epoch = leading_number(text) if ":" not in text else 0
    if ":" in text:
        try:
            return datetime.fromisoformat(text.strip())
        except ValueError:
            epoch = 0
    return local(epoch if epoch > 0 else now_s, zone)


def local(epoch: int, zone: str) -> datetime:
    """An epoch in a time zone; in the machine's own where there is no such zone."""
    try:
        return datetime.fromtimestamp(epoch, ZoneInfo(zone) if zone else None)
    except (ZoneInfoNotFoundError, ValueError, OSError, OverflowError):
        return datetime.fromtimestamp(min(max(epoch, 0), 2**32))


def leading_number(text: str) -> int:
    """As C reads one: blanks, digits, the rest is ignored; 0 for none."""
    match = re.match(r"\s*([+-]?[0-9]{1,12})", text)
    return int(match[1]) if match else 0


def week_day(when: datetime) -> int:
    """0 is Sunday."""
    return when.isoweekday() % 7


def address(text: str, method: str, count: Callable[[str, str], list[str]]) -> list[str]:
    """Four numbers with dots, each spoken by the language's ``count(digits, method)``."""
    parts = text.split(".", 3)
    found: list[str] = []
    for part in parts if len(parts) == 4 else ():
        found += [*(["digits/dot"] if found else []), *count(str(leading_number(part)), method)]
    return found


def spelled(text: str, kind: str) -> list[str]:
    """Letter by letter, for ``name_spelled`` and ``name_phonetic``."""
    folder = "ascii" if kind == "name_spelled" else "phonetic-ascii"
    letters = text[:MAX_TEXT].lower()
    return [f"digits/{each}" if each in "0123456789" else f"{folder}/{ord(each)}" for each in letters]
