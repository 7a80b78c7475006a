"""Values as words of a small, closed vocabulary, so that every word can be rendered before any call.

Owns: digits and places in a queue, in Chinese and English, and the way to all other kinds.
Not here: numbers (``numbers_said``), dates, times and money (``measures``), choosing which values are said
(``templates``), sound files (``recordings.speech``).

>>> words("number", "120", "en")
('one hundred', 'twenty')
>>> words("number", "105", "zh")
('一', '百', '零', '五')
"""

from __future__ import annotations

from . import measures
from .measures import MEASURES
from .numbers_said import CHINESE_DIGITS, ENGLISH_SMALL, chinese, english, number_vocabulary
from .phrases import Wording, phrase

KINDS = ("digits", "number", "position", *MEASURES, "callback_slot")
POSITIONS_SPOKEN = 10  # further back: "more than ten"
LARGEST = 999_999

_SIGNS = {"en": {"*": "star", "#": "pound", "+": "plus"}, "zh": {"*": "星号", "#": "井号", "+": "加"}}


def is_sayable(kind: str, value: str) -> bool:
    """Whether ``value`` can be said as ``kind`` at all."""
    if kind in MEASURES:
        return measures.is_sayable(kind, value)
    if kind == "digits":
        return 0 < len(value) <= 40 and all(letter in "0123456789*#+" for letter in value)
    return value.isascii() and value.isdigit() and len(value) <= 6


def words(kind: str, value: str, language: str, overrides: Wording | None = None) -> tuple[str, ...]:
    """The words of one value, each out of ``vocabulary(kind, language)``; none where it cannot be said."""
    if not is_sayable(kind, value):
        return ()
    if kind == "digits":
        return tuple(_digit(letter, language) for letter in value)
    if kind == "position":
        return (position(int(value), language, overrides),)
    if kind in MEASURES:
        return measures.words(kind, value, language)
    if kind == "callback_slot":
        return (phrase(kind, language, overrides).replace("{key}", value[-1]),)
    return chinese(int(value)) if language == "zh" else english(int(value))


def vocabulary(kind: str, language: str, overrides: Wording | None = None) -> tuple[str, ...]:
    """Every word ``words`` can give for this kind."""
    if kind == "digits":
        return tuple(_digit(letter, language) for letter in "0123456789*#+")
    if kind == "position":
        return tuple(position(place, language, overrides) for place in range(1, POSITIONS_SPOKEN + 2))
    if kind == "callback_slot":
        return tuple(phrase(kind, language, overrides).replace("{key}", key) for key in "0123456789")
    return measures.vocabulary(kind, language) if kind in MEASURES else number_vocabulary(language)


def position(place: int, language: str, overrides: Wording | None = None) -> str:
    """A place in the queue as one sentence (1 is next)."""
    if place <= 1:
        return phrase("next", language, overrides)
    if place > POSITIONS_SPOKEN:
        return phrase("position_many", language, overrides)
    wording = phrase("position", language, overrides)
    return wording.replace("{n}", str(place)).replace("{ahead}", str(place - 1))


def _digit(letter: str, language: str) -> str:
    if letter.isdigit():
        return CHINESE_DIGITS[int(letter)] if language == "zh" else ENGLISH_SMALL[int(letter)]
    return _SIGNS.get(language, _SIGNS["en"])[letter]
