"""Which choice an answer means: a key, a label, or words of it, typed or spoken.

Owns: comparing an answer with choices. Not here: asking (``question``), the choices (``steps.menu``, ``steps.queue``).

>>> mentions("i want to track my order please", "my order"), mentions("我的货坏了", "坏了")
(True, True)
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from .values import simplified

DIGITS = dict(zip("零一二三四五六七八九", "0123456789", strict=True))
DIGITS |= {word: str(n) for n, word in enumerate("zero one two three four five six seven eight nine".split())}


def chosen(answer: str, labels: Mapping[str, str], words: Mapping[str, Iterable[str]]) -> set[str]:
    """The keys of ``words`` that the answer means: by key, by label (exactly), or by words in it (perhaps several)."""
    text = simplified(answer)
    text = DIGITS.get(text, text)
    if text in words:
        return {text}
    exact = {key for key, label in labels.items() if label and simplified(label) == text}
    return exact or {key for key, listed in words.items() if any(mentions(text, word) for word in listed)}


def mentions(text: str, word: str) -> bool:
    """Whether the simplified text holds the word: as a whole word, in Chinese (no spaces) anywhere."""
    wanted = simplified(word)
    if not wanted:
        return False
    if wanted.isascii():
        return f" {wanted} " in f" {text} "
    return wanted in text.replace(" ", "")
