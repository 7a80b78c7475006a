"""Numbers as commands and variables carry them: plain digits, few of them, or else a default. Pure.

>>> whole("20"), whole("2O", 7), whole("٣"), whole("9" * 5000)
(20, 7, 0, 0)
"""

from __future__ import annotations

import re

WHOLE = re.compile(r"[0-9]{1,15}")
LEADING = re.compile(r"\s*[+-]?[0-9]{1,15}")
SIGNED = re.compile(r"-?[0-9]{1,15}")


def is_whole(text: str) -> bool:
    """Up to fifteen ASCII digits and nothing else."""
    return WHOLE.fullmatch(text) is not None


def whole(text: str, default: int = 0) -> int:
    """The number, or the default for anything else."""
    return int(text) if is_whole(text) else default


def word(words: list[str], index: int, default: int = 0) -> int:
    """The number among the words of a command, or the default when it is missing or none."""
    return whole(words[index], default) if len(words) > index else default


def signed(text: str) -> int | None:
    """With an optional minus; None for anything else."""
    return int(text) if SIGNED.fullmatch(text) else None


def leading_number(text: str) -> int:
    """What C's ``atoi`` reads: the number in front, 0 without one."""
    match = LEADING.match(text)
    return int(match[0]) if match is not None else 0
