"""Which headers of an event stand elsewhere than on FreeSWITCH. Pure.

Looked at: the names that both have; where two plays on FreeSWITCH differ themselves there is no order to hold.
Not here: which headers there are and what they say (``compare``).
"""

from __future__ import annotations

import difflib
from collections import Counter
from collections.abc import Iterator, Mapping

from tests.conformance.play import Record
from tests.conformance.sights import Sight

Key = tuple[str, str, str, int]  # who saw it, leg, label, how often it came before
AT_THE_START = "the start"


def moved(real: Record, again: Record, soft: Record) -> Iterator[str]:
    """One line for each header: its event, and behind which other it is expected."""
    hoped, other, found = (_events(record) for record in (real, again, soft))
    for key, headers in hoped.items():
        if key in other and key in found and not list(_out_of_place(headers, other[key])):
            for name, before in _out_of_place(headers, found[key]):
                yield f"{key[0]} {key[1]} {key[2]}: {name} comes after {before}"


def _events(record: Record) -> dict[Key, list[str]]:
    letters = {value: letter for letter, value in record.names.items() if len(letter) == 1}
    seen: Counter[tuple[str, str, str]] = Counter()
    events: dict[Key, list[str]] = {}
    for _, who, sight in record.seen:
        if sight.headers:
            place = (who, letters.get(sight.leg, sight.leg), _named(sight, letters))
            events[(*place, seen[place])] = list(sight.headers)
            seen[place] += 1
    return events


def _named(sight: Sight, letters: Mapping[str, str]) -> str:
    label = sight.label
    for value, letter in letters.items():
        label = label.replace(value, f"{{{letter}}}")
    return label


def _out_of_place(hoped: list[str], found: list[str]) -> Iterator[tuple[str, str]]:
    """(name, the one it has to follow) of as few headers as explain it."""
    common = [name for name in hoped if name in found]
    actual = [name for name in found if name in hoped]
    for how, start, end, _, _ in difflib.SequenceMatcher(None, common, actual, autojunk=False).get_opcodes():
        if how in ("delete", "replace"):
            for at in range(start, end):
                yield common[at], common[at - 1] if at else AT_THE_START
