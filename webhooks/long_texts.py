"""Long texts in parts that a channel takes, cut where a reader would breathe.

Owns: the cutting, by characters or UTF-8 bytes, never inside what is read as one sign (the grapheme clusters of Unicode
TR29), nor inside a word, a number or a link that fits whole.

>>> parts("one two three", 8, "characters")
['one two', 'three']
>>> parts("你好，世界", 7, "bytes")
['你好', '，世', '界']
>>> family, accented = "\\U0001f468\\u200d\\U0001f469", "e\\u0301"
>>> parts("x" + family, 5, "characters") == ["x", family], parts("🇨🇳🇫🇷", 7, "characters")
(True, ['🇨🇳', '🇫🇷'])
>>> parts("aa" + accented, 3, "characters") == ["aa", accented]
True
>>> parts("see https://a.cn/?b;c at 10:30", 20, "characters")
['see', 'https://a.cn/?b;c', 'at 10:30']
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable

BREATHS = (
    re.compile(r"\n+"),
    re.compile(r"(?<=[。！？；])|(?<=[!?;])(?=[^\x00-\x7f])|(?<=[.!?;] )"),
    re.compile(r"(?<=[，、：])|\s+"),  # not 3,000 or 10:30
)
FILLED = 0.5  # a cut earlier than this share of a part is not worth its nicety
WORD, WORD_MOST = re.compile(r"[!-~\u00c0-\u024f\u0400-\u04ff]+"), 4096  # or a number, or a link
ZWJ, MARKS = "\u200d", frozenset({"Mn", "Mc", "Me"})
FLAGS = "".join(chr(code) for code in range(0x1F1E6, 0x1F200))  # a flag is two of these
JOINERS = frozenset("\u200d\ufe0f\ufe0e\u0e33\u0eb3") | {chr(code) for code in range(0x1F3FB, 0x1F400)}
JOINERS |= {chr(code) for code in range(0xE0020, 0xE0080)}  # the letters of England's flag
KILLER = 9  # the combining class of a virama: the letter after it is written into one sign with the one before


def parts(text: str, cap: int, unit: str) -> list[str]:
    """``text`` in parts of at most ``cap`` characters or bytes; ``[""]`` for an empty one."""
    found = []
    rest = text
    while length(rest, unit) > cap:
        room = _room(rest, cap, unit)
        seen = rest[: room + WORD_MOST]
        words = [one.span() for one in WORD.finditer(seen) if length(one.group(), unit) <= cap]
        cut = _cut(rest, room, words)
        if head := rest[:cut].rstrip():  # providers refuse an empty one
            found.append(head)
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


def _cut(text: str, room: int, words: list[tuple[int, int]]) -> int:
    def is_good(place: int) -> bool:
        return not _is_inside(text, place) and not any(start < place < end for start, end in words)

    for breath in BREATHS:
        places = [match.end() for match in breath.finditer(text[:room]) if match.end() > room * FILLED]
        found = next(filter(is_good, reversed(places)), 0)
        if found:
            return found
    return _last(is_good, room) or _last(lambda place: not _is_inside(text, place), room) or room


def _last(is_good: Callable[[int], bool], room: int) -> int:
    """The last good place for a cut, 0 for none."""
    return next(filter(is_good, range(room, 0, -1)), 0)


def _is_inside(text: str, place: int) -> bool:
    """Whether a cut here would part what is read as one sign: a family, a flag, a syllable, a letter with accents."""
    if place >= len(text):
        return False
    before, after = text[max(0, place - 1)], text[place]
    if after in JOINERS or before == ZWJ or before + after == "\r\n" or unicodedata.category(after) in MARKS:
        return True
    if unicodedata.combining(before) == KILLER and unicodedata.category(after) == "Lo":
        return True
    if _is_syllable(before, after):
        return True
    flags = len(text[:place]) - len(text[:place].rstrip(FLAGS))
    return after in FLAGS and flags % 2 == 1


def _is_syllable(before: str, after: str) -> bool:
    """Whether two signs of Korean are written into one block: a syllable may come in its letters."""
    is_vowel_or_end = "\u1160" <= after <= "\u11ff" or "\ud7b0" <= after <= "\ud7fb"
    is_first = "\u1100" <= before <= "\u115f" or "\ua960" <= before <= "\ua97c"
    is_block = "\u1100" <= after <= "\u115f" or "\uac00" <= after <= "\ud7a3"
    is_korean = is_first or "\u1160" <= before <= "\u11ff" or "\uac00" <= before <= "\ud7fb"
    return (is_vowel_or_end and is_korean) or (is_first and is_block)
