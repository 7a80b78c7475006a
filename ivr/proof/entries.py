"""What a contact may enter that ``valid`` takes: a proof that knows none would never come past the question.

Owns: one or a few words per check, made from its rule or from the constants of its condition. Not here: the checks
(``ivr.validity``), what is wrong to enter (``answers``).

>>> entries(("date",), 8, 8), entries(("luhn",), 4, 19), entries(("answer > 90000000",), 8, 8)
(('20261231',), ('4242', '4242424242424242'), ('90000001',))
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice

from ivr.expressions import Node, parse
from ivr.session import Value
from ivr.validity import ANSWER, CHECKS, is_valid

KNOWN = {"date": ("20261231",), "time": ("0930",), "mobile": ("13800138000",), "identity": ("11010519491231002*",)}
CARD = "424242424242424242"  # the last digit follows from the others
MOST = 3


def entries(checks: Sequence[str], least: int, most: int) -> tuple[str, ...]:
    """Some words of ``least`` to ``most`` signs that every check takes, apart from those that read other values."""
    own = [check for check in checks if check in CHECKS or parse(check).names() == {ANSWER}]
    fitting = (
        word
        for check in own
        for word in _candidates(check, least, most)
        if least <= len(word) <= most and all(is_valid(one, word, _nothing) for one in own)
    )
    return tuple(islice(dict.fromkeys(fitting), MOST))


def _candidates(check: str, least: int, most: int) -> Iterator[str]:
    if check == "luhn":
        for length in dict.fromkeys((max(least, 2), min(most, 16))):
            yield from (f"{CARD[: length - 1]}{digit}" for digit in "0123456789")
    elif check in CHECKS:
        yield from KNOWN[check]
    else:
        for constant in _constants(parse(check)):
            yield str(constant).zfill(least)
            if isinstance(constant, (int, float)):
                yield from (str(int(constant) + step).zfill(least) for step in (1, -1))


def _constants(node: Node) -> Iterator[object]:
    if node.op == "value":
        yield node.value
    for part in node.parts:
        yield from _constants(part)


def _nothing(_name: str) -> Value | None:
    """No other value is asked for."""
    return None
