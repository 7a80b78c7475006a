"""Whether what a contact entered can be right: named checks, and conditions over ``answer``.

Owns: the checks and reading ``valid:``. Not here: asking again (``question``), conditions themselves (``expressions``).

>>> is_valid("luhn", "4242424242424242", {}.get), is_valid("answer <= 31", "45", {}.get)
(True, False)
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from typing import Annotated

from pydantic import AfterValidator

from .evaluation import Lookup, evaluate, is_true
from .expressions import ExpressionError, parse
from .fields import Word, refuse
from .problems import did_you_mean, quote
from .session import Value

ANSWER = "answer"
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)  # GB 11643-1999
_NAME = re.compile(r"[a-z_]+")


def _luhn(text: str) -> bool:
    """Card numbers (ISO/IEC 7812): the last digit is right."""
    digits = [int(letter) for letter in reversed(text)]
    doubled = [digit * 2 - 9 * (digit > 4) for digit in digits[1::2]]
    return len(digits) > 1 and (sum(digits[::2]) + sum(doubled)) % 10 == 0


def _date(text: str) -> bool:
    """Eight digits, 20261001."""
    try:
        date(int(text[:4]), int(text[4:6]), int(text[6:]))
    except ValueError:
        return False
    return len(text) == 8


def _time(text: str) -> bool:
    """Four digits, 0930."""
    return len(text) == 4 and int(text[:2]) < 24 and int(text[2:]) < 60


def _mobile(text: str) -> bool:
    """A mobile number of mainland China, with or without 86."""
    return re.fullmatch(r"(86)?1[3-9][0-9]{9}", text) is not None


def _identity(text: str) -> bool:
    """A resident's number of mainland China; the last letter X is the star key."""
    if not re.fullmatch(r"[0-9]{17}[0-9Xx*]", text) or not _date(text[6:14]):
        return False
    rest = sum(int(digit) * weight for digit, weight in zip(text, _WEIGHTS, strict=False)) % 11
    return "10X98765432"[rest] == text[17].upper().replace("*", "X")


CHECKS: dict[str, Callable[[str], bool]] = {
    "luhn": _luhn,
    "date": _date,
    "time": _time,
    "mobile": _mobile,
    "identity": _identity,
}
STARRED = ("identity",)  # those whose answers may hold the star key


def _to_check(value: str) -> str:
    if value in CHECKS:
        return value
    try:
        names = parse(value).names()
    except ExpressionError as error:
        raise refuse(f"cannot read {quote(value)}: {error}", "write it like: answer <= 31") from error
    if ANSWER not in names:
        mend = did_you_mean(value, CHECKS, f"write one of {', '.join(CHECKS)}, or a condition over 'answer'")
        raise refuse(f"{quote(value)} checks nothing", mend)
    return value


ValidField = Annotated[Word, AfterValidator(_to_check)]


def is_valid(check: str, answer: str, lookup: Lookup) -> bool:
    """Whether the answer passes; a condition that cannot be computed with it is not met."""
    if check in CHECKS:
        known = CHECKS[check]
        return known(answer) if check in STARRED or (answer.isascii() and answer.isdigit()) else False

    def find(name: str) -> Value | None:
        return answer if name == ANSWER else lookup(name)

    try:
        return is_true(evaluate(parse(check), find))
    except ExpressionError:
        return False
