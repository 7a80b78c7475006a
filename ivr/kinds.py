"""What a value can be: a number, a word out of a few, something of a known form, or anything.

Owns: the kinds, whether two can ever be equal, and those of the names every site has. Not here: the values that steps
keep (``collected``), expressions over them (``judging``).

>>> is_possible(Words(("open", "closed")), Words(("opne",)), "==")
False
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from .evaluation import evaluate
from .expressions import ExpressionError, Node
from .fields import LANGUAGE_PATTERN
from .session import Value
from .site import Site
from .values import as_number

_CLOCK = re.compile(r"([01][0-9]|2[0-3]):[0-5][0-9]")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


@dataclass(frozen=True, slots=True)
class Anything:
    """A text or number of which nothing is known."""


@dataclass(frozen=True, slots=True)
class Words:
    """One out of these values; "" among them: it may be unknown."""

    values: tuple[Value, ...]


@dataclass(frozen=True, slots=True)
class Number:
    """A number, at least ``least`` where that is known; ``may_lack``: or unknown."""

    least: float | None = None
    may_lack: bool = False


@dataclass(frozen=True, slots=True)
class Form:
    """A text of a known form. ``name``: "time", "date", "language" or "digits"; digits have ``least`` to ``most``."""

    name: str
    least: int = 0
    most: int = 0
    may_lack: bool = False

    def takes(self, value: Value) -> bool:
        """Whether the value can be of this form."""
        if value == "":
            return self.may_lack
        if self.name == "digits":
            return self._takes_digits(value)
        return isinstance(value, str) and _FORMS[self.name](value)

    def _takes_digits(self, value: Value) -> bool:
        if isinstance(value, str):
            return value.isascii() and value.isdigit() and self.least <= len(value) <= self.most
        number = as_number(value)
        return number is not None and number >= 0 and number.is_integer() and len(str(int(number))) <= self.most


Kind = Anything | Words | Number | Form
ANYTHING = Anything()
TRUTH = Words((True, False))


def _is_day(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return _DAY.fullmatch(text) is not None


_FORMS: dict[str, Callable[[str], bool]] = {
    "time": lambda text: _CLOCK.fullmatch(text) is not None,
    "date": _is_day,
    "language": lambda text: re.match(LANGUAGE_PATTERN, text) is not None,
}
CLOCK: dict[str, Kind] = {
    "time": Form("time"),
    "date": Form("date"),
    "weekday": Words(tuple("mon tue wed thu fri sat sun".split())),
}
QUEUE_FACTS: dict[str, Kind] = {"waiting": Number(0.0), "wait": Number(0.0, may_lack=True), "ready": Number(0.0)}


def given_kinds(site: Site) -> dict[str, Kind]:
    """Every name that no step has to set, with what it can be."""
    return {
        **CLOCK,
        "language": Words(site.languages),
        "medium": Words(("voice", "text")),
        "contact.number": ANYTHING,
        "contact.address": ANYTHING,
        "contact.name": ANYTHING,
        "contact.level": ANYTHING,
        "contact.member": ANYTHING,
        "contact.language": Form("language", may_lack=True),
        "contact.known": Words(("", True, False)),
        "contact.verified": Words(("", True)),
        "contact.verified_by": Words(("", "number", "member", "code", "chat")),
        "contact.last_agent": Words(("", *site.agents)),
        "call.dialled": Words(("", *site.numbers)),
        "call.queue": Words(("", *site.queues)),
        **{f"calendar.{name}": Words(("open", "closed", "holiday")) for name in site.calendars},
        **{f"queue.{name}.{fact}": kind for name in site.queues for fact, kind in QUEUE_FACTS.items()},
    }


def is_possible(left: Kind, right: Kind, operator: str) -> bool:
    """Whether the comparison can come true; raises ``ExpressionError`` where it can only break."""
    if isinstance(left, Words) and isinstance(right, Words):
        pairs = [(one, other) for one in left.values for other in right.values]
        return any([_computed(operator, one, other) for one, other in pairs])
    if isinstance(right, Words):
        return any([_with_word(left, operator, value) for value in right.values])
    if isinstance(left, Words):
        return any([_with_word(right, _TURNED.get(operator, operator), value) for value in left.values])
    return _of_one_sort(left, right)


def nothing_known(_name: str) -> None:
    """The values of constants do not depend on any name."""


_TURNED = {"<": ">", "<=": ">=", ">": "<", ">=": "<="}


def _computed(operator: str, left: Value, right: Value) -> bool:
    return bool(evaluate(Node(operator, parts=(Node("value", left), Node("value", right))), nothing_known))


def _with_word(kind: Kind, operator: str, value: Value) -> bool:
    """Whether something of this kind may compare so with one value."""
    if isinstance(kind, Number):
        return _with_number(kind, operator, value)
    if not isinstance(kind, Form) or operator == "!=":
        return True
    if operator == "==" or kind.name != "digits":
        return kind.takes(value)
    return as_number(value) is not None


def _with_number(kind: Number, operator: str, value: Value) -> bool:
    if value == "" and kind.may_lack:
        return operator in ("==", "!=")
    other = as_number(value)
    if other is None:
        if operator not in ("==", "!="):
            raise ExpressionError(f"cannot compare a number with {value!r}")
        return operator == "!="
    least = kind.least
    return least is None or operator in (">", ">=", "!=") or (other > least if operator == "<" else other >= least)


def _of_one_sort(left: Kind, right: Kind) -> bool:
    """Whether two kinds without constants can be compared."""
    if isinstance(left, Anything) or isinstance(right, Anything):
        return True
    names = {kind.name if isinstance(kind, Form) else "number" for kind in (left, right)}
    return len(names) == 1 or names == {"digits", "number"}
