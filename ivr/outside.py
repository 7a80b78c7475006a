"""Telephone numbers outside, as people write them and as ``trunk: allow`` in ``site.yaml`` permits them.

Owns: reading a number, and the patterns as the checks and the call-back talk see them. Not here: the answer that
counts when somebody dials (``eslapp.core.trunk``; a test holds both to the same patterns).

>>> number_of("+86 (21) 6123-4567"), is_allowed("13800138000", ["1[3-9]*"]), is_allowed("0035391", ["1*"])
('+862161234567', True, False)
"""

from __future__ import annotations

import re
from collections.abc import Iterable

_SHAPE = re.compile(r"\+?[0-9]{3,20}", re.ASCII)
_GLUE = re.compile(r"[ ().\-/]")
_PIECE = re.compile(r"\[[0-9-]+\]|.", re.ASCII)
_MEANING = {"#": "[0-9]", "*": "[0-9]*"}


def number_of(text: str) -> str:
    """The number that was meant, ``""`` where it is none (3 to 20 digits, a + in front at most)."""
    plain = _GLUE.sub("", text.replace("(0)", "") if "+" in text else text)
    return plain if _SHAPE.fullmatch(plain) else ""


def is_allowed(number: str, allow: Iterable[str]) -> bool:
    """Whether one of the patterns fits: ``#`` any digit, ``[3-9]`` one of these, a last ``*`` any further digits."""
    return bool(_SHAPE.fullmatch(number)) and any(_matcher(pattern).fullmatch(number) for pattern in allow)


def _matcher(pattern: str) -> re.Pattern[str]:
    return re.compile("".join(_meant(piece) for piece in _PIECE.findall(pattern)), re.ASCII)


def _meant(piece: str) -> str:
    return piece if len(piece) > 1 else _MEANING.get(piece, re.escape(piece))
