"""How long speech lasts: measured where a rendering is there, else reckoned from its characters.

Owns: seconds of prompts and the rate they are spoken at. Not here: making speech (``recordings.speech``).

>>> round(reckoned("您好，欢迎致电晨光电器。", "zh"), 1)
2.6
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from .catalog import rendered, speech_file
from .effects import Recorded, Speech, Spoken
from .site import Site

PER_S = {"zh": 4.3}  # characters; announcers read 240 to 280 a minute
WORDS_PER_S = 3.4  # words of five letters, spaces included: about 205 a minute
WORD_LETTERS = 5
PAUSE_S = 0.25  # at a comma or full stop
UNKNOWN_FILE_S = 5.0
_CHARACTER = re.compile(r"[\u3400-\u9fff0-9]")
_LATIN = re.compile(r"[A-Za-z]+")
_STOPS = re.compile(r"[,.;:!?，。；：！？、]")


def units(text: str, language: str) -> float:
    """How much there is to say: characters in Chinese, else words of five letters (a digit is a word)."""
    if language == "zh":
        return len(_CHARACTER.findall(text)) + 2.0 * len(_LATIN.findall(text))
    digits = sum(letter.isdigit() for letter in text)
    return (len(_STOPS.sub("", text)) + digits * (WORD_LETTERS - 1)) / WORD_LETTERS


def reckoned(text: str, language: str) -> float:
    """Seconds at an ordinary rate."""
    return units(text, language) / PER_S.get(language, WORDS_PER_S) + _pauses(text)


def _pauses(text: str) -> float:
    return max(0, len(_STOPS.findall(text)) - 1) * PAUSE_S


def seconds(site: Site, speech: Iterable[Speech]) -> float:
    """Seconds of everything in a row."""
    return sum(_one(site, part) for part in rendered(site, tuple(speech)))


def measured(site: Site, spoken: Spoken) -> float | None:
    """Seconds of the rendering, None where there is none yet."""
    return site.prompt_seconds.get(speech_file(site, spoken))


def per_minute(spoken: Spoken, duration_s: float) -> int:
    """The rate of a rendering: characters (Chinese) or words of five letters a minute."""
    return round(units(spoken.text, spoken.language) * 60 / max(0.1, duration_s - _pauses(spoken.text)))


def _one(site: Site, part: Spoken | Recorded) -> float:
    if isinstance(part, Recorded):
        return site.prompt_seconds.get(part.path, UNKNOWN_FILE_S)
    found = measured(site, part)
    return reckoned(part.text, part.language) if found is None else found
