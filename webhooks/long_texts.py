"""Long texts in parts that a channel takes, cut where a reader would breathe.

Owns: the cutting, by characters or UTF-8 bytes, never inside what is read as one sign.

>>> parts("one two three", 8, "characters")
['one two', 'three']
>>> parts("你好，世界", 7, "bytes")
['你好', '，世', '界']
>>> family, accented = "\\U0001f468\\u200d\\U0001f469", "e\\u0301"
>>> parts("x" + family, 5, "characters") == ["x", family], parts("🇨🇳🇫🇷", 7, "characters")
(True, ['🇨🇳', '🇫🇷'])
>>> parts("aa" + accented, 3, "characters") == ["aa", accented]
True
"""

from __future__ import annotations

import re
import unicodedata

BREATHS = (re.compile(r"\n+"), re.compile(r"(?<=[。！？!?；;])|(?<=[.] )"), re.compile(r"(?<=[，、,:：])|\s+"))
FILLED = 0.5  # a cut earlier than this share of a part is not worth its nicety
ZWJ, MARKS = "\u200d", frozenset({"Mn", "Mc", "Me"})
FLAGS = "".join(chr(code) for code in range(0x1F1E6, 0x1F200))  # a flag is two of these
JOINERS = frozenset("\u200d\ufe0f\ufe0e") | {chr(code) for code in range(0x1F3FB, 0x1F400)}


def parts(text: str, cap: int, unit: str) -> list[str]:
    """``text`` in parts of at most ``cap`` characters or bytes; ``[""]`` for an empty one."""
    found = []
    rest = text
    while length(rest, unit) > cap:
        room = _room(rest, cap, unit)
        cut = _cut(rest, room)
        found.append(rest[:cut].rstrip())
        rest = rest[cut:].lstrip()
    return [*found, rest] if rest or not found else found


def length(text: str, unit: str) -> int:
    """How long it is for the provider. Characters count as UTF-16 units: so do the providers."""
    return len(text.encode("utf-8", "replace")) if unit == "bytes" else len(text.encode("utf-16-le", "replace")) // 2


def _room(text: str, cap: int, unit: str) -> int:
    """How many characters of the beginning fit."""
    used = 0
    for position, character in enumerate(text):
        used += length(character, unit)
        if used > cap:
            return max(1, position)
    return len(text)


def _cut(text: str, room: int) -> int:
    head = text[:room]
    for breath in BREATHS:
        places = [match.end() for match in breath.finditer(head) if match.end() > room * FILLED]
        if places:
            return places[-1]
    cut = room
    while cut and _is_inside(text, cut):
        cut -= 1
    return cut or room


def _is_inside(text: str, place: int) -> bool:
    """Whether a cut here would part what is read as one sign: a family, a flag, a letter and its accents."""
    before, after = text[max(0, place - 1)], text[place]
    if after in JOINERS or before == ZWJ or unicodedata.category(after) in MARKS:
        return True
    flags = len(text[:place]) - len(text[:place].rstrip(FLAGS))
    return after in FLAGS and flags % 2 == 1
