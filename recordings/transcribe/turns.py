"""Puts what the two sides said into one conversation. Pure.

>>> contact = [Segment("Hi,", 1.4, 1.6), Segment("it broke", 1.9, 3.0)]
>>> [(turn.side, turn.text) for turn in turns_of({"agent": [Segment("Hello.", 0.5, 1.0)], "contact": contact})]
[('agent', 'Hello.'), ('contact', 'Hi, it broke')]
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from .engine import Segment
from .messages import Turn

SAME_TURN_GAP_S = 1.2  # a shorter pause does not end a turn, unless the other side spoke in it
_CJK = "\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\uff00-\uff60\u3000-\u303f"
_CJK_GAP = re.compile(rf"(?<=[{_CJK}])\s+(?=[{_CJK}])")


def turns_of(sides: Mapping[str, Sequence[Segment]]) -> tuple[Turn, ...]:
    """All segments by start, those of one side in a row joined into turns."""
    said = sorted(
        ((segment.start_s, side, segment) for side, segments in sides.items() for segment in segments),
        key=lambda one: (one[0], one[1]),
    )
    turns: list[Turn] = []
    for _, side, segment in said:
        text = tidy(segment.text)
        if not text:
            continue
        last = turns[-1] if turns else None
        if last and last.side == side and segment.start_s - last.end_s <= SAME_TURN_GAP_S:
            text = tidy(f"{last.text} {text}")
            turns[-1] = Turn(side, text, last.start_s, round(max(last.end_s, segment.end_s), 2))
        else:
            turns.append(Turn(side, text, round(segment.start_s, 2), round(segment.end_s, 2)))
    return tuple(turns)


def tidy(text: str) -> str:
    """One line, single spaces, and none between Chinese characters (Vosk puts them between words)."""
    printable = "".join(c if c.isprintable() else " " for c in text)
    return _CJK_GAP.sub("", " ".join(printable.split()))
