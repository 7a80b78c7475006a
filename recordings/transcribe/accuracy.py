"""How much of what was said was written down: word errors (English) and character errors (Chinese). Pure.

>>> errors("The order number is 459.", "the order number is four five nine", "en")
Errors(wrong=0, of=7)
>>> errors("请按1。", "请按二", "zh").rate
0.3333333333333333
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from .messages import base_language

_DIGITS: dict[str, list[str]] = {
    "en": "zero one two three four five six seven eight nine".split(),
    "zh": list("零一二三四五六七八九"),
}
_SAME: dict[str, tuple[tuple[str, str], ...]] = {
    "en": (
        (r"\b(oh|o)\b", "zero"),
        (r"\banymore\b", "any more"),
        (r"\bokay\b", "ok"),
        (r"\bgood bye?\b", "goodbye"),
    ),
    "zh": (),
}


@dataclass(frozen=True, slots=True)
class Errors:
    """Wrong, missing and additional units, of so many said."""

    wrong: int
    of: int

    @property
    def rate(self) -> float:
        return self.wrong / self.of if self.of else float(self.wrong > 0)

    def __add__(self, other: Errors) -> Errors:
        return Errors(self.wrong + other.wrong, self.of + other.of)


def errors(said: str, heard: str, language: str) -> Errors:
    """Compares after both are brought to lower case, spoken digits and no punctuation."""
    units = [_units(text, base_language(language)) for text in (said, heard)]
    return Errors(_distance(*units), len(units[0]))


def _units(text: str, language: str) -> list[str]:
    digits = _DIGITS.get(language, _DIGITS["en"])
    text = re.sub(r"[0-9]", lambda found: f" {digits[int(found[0])]} ", text.lower().replace("'", ""))
    text = re.sub(r"[\W_]+", " ", text)
    for pattern, instead in _SAME.get(language, ()):
        text = re.sub(pattern, instead, text)
    return list(text.replace(" ", "")) if language in ("zh", "ja", "yue") else text.split()


def _distance(said: Sequence[str], heard: Sequence[str]) -> int:
    """Levenshtein's, in one row."""
    row = list(range(len(heard) + 1))
    for i, one in enumerate(said, 1):
        before, row[0] = row[0], i
        for j, other in enumerate(heard, 1):
            before, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, before + (one != other))
    return row[-1]
