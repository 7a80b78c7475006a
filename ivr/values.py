"""Values of a flow: cleaning what a contact said or a system answered, and writing values as text.

Owns: cleaning and formatting. Not here: computing (``expressions``), saying (``templates``).

>>> clean("  Wang\\x00\\r\\n Wei  ")
'Wang Wei'
"""

from __future__ import annotations

import re
import unicodedata

from .session import Value

TEXT_BOUND = 1000
NUMBER_BOUND = 1e15
_SPACE = re.compile(r"\s+")


def clean(text: str, bound: int = TEXT_BOUND) -> str:
    """One line without control, private or unassigned characters and direction overrides; at most ``bound`` long."""
    kept = unicodedata.normalize("NFC", text[: bound * 4])
    plain = "".join(letter if _is_plain(letter) else " " for letter in kept)
    return _SPACE.sub(" ", plain).strip()[:bound]


def _is_plain(letter: str) -> bool:
    return unicodedata.category(letter) not in ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp")


def clean_value(value: object) -> Value:
    """Any outside value as a value of the language; what has no meaning there becomes text."""
    if isinstance(value, bool):
        return value
    if isinstance(value, int | float):
        is_usable = value == value and abs(value) <= NUMBER_BOUND
        return value if is_usable else clean(str(value))
    return clean(str(value)) if value is not None else ""


def as_text(value: Value) -> str:
    """As it stands in a sentence: 3.0 is "3", True is "yes"."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() else f"{value:.10g}"
    return str(value)


def as_number(value: Value) -> float | None:
    """The number a value is or reads as; None where it is none."""
    if isinstance(value, bool):
        return None
    if isinstance(value, int | float):
        return float(value)
    text = value.strip()
    is_number = len(text) <= 16 and text.isascii() and re.fullmatch(r"-?[0-9]+(\.[0-9]+)?", text)
    return float(text) if is_number else None


def simplified(text: str) -> str:
    """An answer for comparing: full-width digits are digits, case and punctuation do not matter."""
    folded = unicodedata.normalize("NFKC", text[:TEXT_BOUND]).casefold()
    kept = "".join(letter if letter.isalnum() or letter in "*#+" else " " for letter in folded)
    return _SPACE.sub(" ", kept).strip()
