"""Long texts in parts that a channel takes, cut where a reader would breathe.

Owns: the cutting, by characters or UTF-8 bytes, never inside a character.

>>> parts("one two three", 8, "characters")
['one two', 'three']
>>> parts("你好，世界", 7, "bytes")
['你好', '，世', '界']
"""

from __future__ import annotations

import re

BREATHS = (re.compile(r"\n+"), re.compile(r"(?<=[。！？!?；;])|(?<=[.] )"), re.compile(r"(?<=[，、,:：])|\s+"))
FILLED = 0.5  # a cut earlier than this share of a part is not worth its nicety
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
    while room > 1 and (text[room] in JOINERS or text[room - 1] == "\u200d"):
        room -= 1
    return room
