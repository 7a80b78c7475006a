"""What of an expression can never be: comparing what is never equal, computing with words, asking what is always so.

Owns: walking an expression and the wording. Not here: what values can be (``kinds``, ``collected``), finding the
expressions of a site (``checks.wrong_kind``).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from .evaluation import evaluate, is_true
from .expressions import ExpressionError, Node
from .kinds import ANYTHING, TRUTH, Form, Kind, Number, Words, is_possible, nothing_known
from .numerals import is_sayable
from .problems import did_you_mean, nearest
from .session import Value
from .templates import WORD, Insert, kind_of
from .values import as_number, as_text

Fault = tuple[str, str, int]  # what is wrong, the mend, and at which character of the expression
_ORDERS = ("<", "<=", ">", ">=")
_COMPUTING = ("+", "-", "*", "/", "neg")
SHOWN = 12
EXAMPLES = {"time": '"18:30"', "date": '"2026-10-01"', "language": '"zh"', "duration": "120", "money": "128.50"}


class Judge:
    """One expression at a time; ``name_kind``: what a name can be."""

    def __init__(self, name_kind: Callable[[str, Callable[[Node], Kind]], Kind]) -> None:
        self._name_kind = name_kind
        self._faults: list[Fault] = []

    def condition(self, node: Node) -> list[Fault]:
        """What is wrong with what decides."""
        self._faults = []
        self._decides(node)
        return list(dict.fromkeys(self._faults))

    def insert(self, insert: Insert) -> list[Fault]:
        """What is wrong with a ``$(...)``."""
        self._faults = []
        kind = self._kind(insert.node)
        wanted = kind_of(insert)
        if wanted and wanted != WORD and not self._faults and not insert.filters[0] == "last4":
            self._faults += _of_filter(kind, wanted, shown(insert.node))
        return list(dict.fromkeys(self._faults))

    def kind(self, node: Node) -> Kind:
        """What the expression can be; what is wrong in it is told where it stands."""
        kept, self._faults = self._faults, []
        found = self._kind(node)
        self._faults = kept
        return found

    def _kind(self, node: Node) -> Kind:
        if node.op == "value":
            return Words((node.value,))
        if node.op == "name":
            return self._name_kind(str(node.value), self.kind)
        if node.op in _COMPUTING:
            return self._computed(node)
        if node.op in ("and", "or", "not"):
            for part in node.parts:
                self._decides(part)
        elif node.op == "known":
            self._kind(node.parts[0])
        elif node.op == "in":
            self._among(node)
        else:
            self._compared(node)
        return TRUTH

    def _decides(self, node: Node) -> None:
        """A part that must be able to turn out both ways."""
        kind = self._kind(node)
        if not node.names() and node.op in ("==", "!=", "<", "<=", ">", ">=", "in", "known") and not self._faults:
            self._always(node, TRUTH, is_true(evaluate(node, nothing_known)))
        if isinstance(kind, Words) and node.op in ("name", "value"):
            turns = {is_true(value) for value in kind.values}
            if len(turns) == 1:
                self._always(node, kind, turns.pop())
        elif isinstance(kind, Form) and not kind.may_lack and node.op == "name":
            self._always(node, kind, True)

    def _always(self, node: Node, kind: Kind, is_so: bool) -> None:
        how = "always" if is_so else "never"
        if not node.names():
            mend = 'compare a value, such as: contact.level == "vip"'
            self._fault(node, f"{shown(node)} as a condition is {how} true", mend)
        else:
            self._fault(node, f"{shown(node)} alone is {how} true", _comparing(node, kind))

    def _compared(self, node: Node) -> None:
        left, right = node.parts
        kinds = self._kind(left), self._kind(right)
        if node.op in _ORDERS and any(map(_has_no_order, node.parts, kinds)):
            place = 0 if _has_no_order(left, kinds[0]) else 1
            text = f"{shown(node.parts[place])} has no order: {described(kinds[place])}"
            self._fault(node.parts[place], text, "compare with == or 'in [...]'")
        else:
            self._pair(node.op, left, kinds[0], right, kinds[1])

    def _among(self, node: Node) -> None:
        left, right = node.parts
        kind = self._kind(left)
        if right.op == "list":
            for member in right.parts:
                self._pair("==", left, kind, member, self._kind(member), at=member)
            return
        other = self._kind(right)
        if isinstance(kind, Words) and isinstance(other, Words) and not is_possible(kind, other, "in"):
            mend = 'write a list: weekday in ["sat", "sun"]'
            self._fault(left, f"{shown(left)} is never in {shown(right)}", mend)

    def _pair(self, operator: str, left: Node, kind: Kind, right: Node, other: Kind, *, at: Node | None = None) -> None:
        """One comparison of two kinds; ``at``: where it is told, usually at its left side."""
        asked = "==" if operator == "!=" else operator
        try:
            if is_possible(kind, other, asked):
                if operator in (">=",) and _is_least(kind, other):
                    text = f"{shown(left)} {operator} {shown(right)} is always true"
                    self._fault(at or left, text, _comparing(left, kind))
                return
        except ExpressionError as error:
            self._fault(at or left, str(error), _mend(left, kind, right, other))
            return
        how = "always" if operator == "!=" else "never"
        said = f"{shown(left)} {operator} {shown(right)} is {how} true"
        about = [
            f"{shown(node)} {described(one)}" for node, one in ((left, kind), (right, other)) if node.op != "value"
        ]
        self._fault(at or left, f"{said}: {about[0]}" if about else said, _mend(left, kind, right, other))

    def _computed(self, node: Node) -> Kind:
        kinds = [self._kind(part) for part in node.parts]
        wrong = [(part, one) for part, one in zip(node.parts, kinds, strict=True) if not _is_computable(one)]
        for part, one in wrong:
            about = "" if part.op == "value" else f": it {described(one)}"
            self._fault(part, f"{shown(part)} is no number to compute with{about}", "compute with numbers only")
        if node.op == "/" and kinds[1] in (Words((0,)), Words((0.0,))):
            self._fault(node.parts[1], "a division by zero", "divide by a number that is not 0")
        elif not wrong and node.op != "/" and all(part.op == "value" for part in node.parts):
            return Words((evaluate(node, nothing_known),))
        return Number()

    def _fault(self, node: Node, text: str, mend: str) -> None:
        self._faults.append((text, mend, node.at))


def shown(node: Node) -> str:
    """An expression as its author would write it, short.

    >>> from .expressions import parse
    >>> shown(parse('weekday  ==  "mon"')), shown(parse("tries + 1"))
    ("weekday == 'mon'", 'tries + 1')
    """
    if node.op == "value":
        return repr(node.value) if isinstance(node.value, str) else as_text(node.value)
    if node.op == "name":
        return str(node.value)
    parts = [shown(part) for part in node.parts]
    if node.op == "list":
        return f"[{', '.join(parts)}]"
    if node.op == "known":
        return f"{parts[0]} is known"
    if node.op in ("not", "neg"):
        return f"not {parts[0]}" if node.op == "not" else f"-{parts[0]}"
    return f" {node.op} ".join(parts)


def described(kind: Kind) -> str:
    """What a value of this kind is, for a problem."""
    if kind == TRUTH or (
        isinstance(kind, Words) and set(map(type, kind.values)) <= {bool, str} and True in kind.values
    ):
        return "is yes or no"
    if isinstance(kind, Words):
        words = [as_text(value) for value in kind.values if value != ""][:SHOWN]
        more = " ..." if len([value for value in kind.values if value != ""]) > SHOWN else ""
        return f"is one of {', '.join(words)}{more}" if len(words) != 1 else f"is {words[0]}"
    if isinstance(kind, Number):
        return "is a number" + (f" from {kind.least:g} on" if kind.least is not None else "")
    if isinstance(kind, Form) and kind.name == "digits":
        count = str(kind.least) if kind.least == kind.most else f"{kind.least}-{kind.most}"
        return f"is {count} digits"
    return f"is written like {EXAMPLES[kind.name]}" if isinstance(kind, Form) else "is a text"


def _mend(left: Node, kind: Kind, right: Node, other: Kind) -> str:
    """How to write what was meant: by the side that is no constant."""
    if left.op == "value":
        left, kind, right, other = right, other, left, kind
    if isinstance(kind, Words) and right.op == "value" and isinstance(right.value, str) and left.op != "value":
        words = [value for value in kind.values if isinstance(value, str) and value]
        near = _day_meant(right.value, words) or nearest(right.value, words)
        if words and near:
            return f"did you mean {near!r}?"
        if words:
            return did_you_mean(right.value, words)
    return _comparing(left, kind)


def _day_meant(said: str, words: list[str]) -> str:
    """``mon`` for Monday, 周一, 星期一: the words a day of the week is known by."""
    days = "mon tue wed thu fri sat sun".split()
    if "mon" not in words:
        return ""
    if said[:3].lower() in days:
        return said[:3].lower()
    last = "一二三四五六日".find(said[-1:].replace("天", "日")) if said[:1] in ("周", "星", "礼") else -1
    return days[last] if last >= 0 else ""


def _comparing(node: Node, kind: Kind) -> str:
    """A comparison that makes sense for a value of this kind."""
    name = shown(node)
    if _is_truth(kind):
        return f"write: {name}, or: not {name}"
    if isinstance(kind, Words):
        words = [value for value in kind.values if value != ""]
        if words and node.op != "value":
            return f"write it like: {name} == {shown(Node('value', words[0]))}"
        return "correct the expression"
    if isinstance(kind, Number):
        return f"compare it with a number, such as: {name} > 0"
    if isinstance(kind, Form) and kind.name == "digits":
        return "compare it with as many digits, or with a number"
    if isinstance(kind, Form):
        operator = "==" if kind.name == "language" else ">="
        return f"write it like: {name} {operator} {EXAMPLES[kind.name]}"
    return "correct the expression"


def _is_truth(kind: Kind) -> bool:
    """Yes or no, perhaps unknown."""
    return isinstance(kind, Words) and any(value is True for value in kind.values)


def _has_no_order(node: Node, kind: Kind) -> bool:
    """Words that are no numbers, hours or days, under a name."""
    if not isinstance(kind, Words) or node.op == "value":
        return False
    forms = Form("time"), Form("date")
    words: Iterator[Value] = (value for value in kind.values if value != "")
    return any(as_number(value) is None and not any(form.takes(value) for form in forms) for value in words)


def _is_computable(kind: Kind) -> bool:
    if isinstance(kind, Words):
        return all(value == "" or as_number(value) is not None for value in kind.values)
    return not isinstance(kind, Form) or kind.name == "digits"


def _is_least(kind: Kind, other: Kind) -> bool:
    """Whether a number is compared with the least it can be."""
    least = kind.least if isinstance(kind, Number) and not kind.may_lack else None
    return least is not None and isinstance(other, Words) and all(as_number(one) == least for one in other.values)


def _of_filter(kind: Kind, wanted: str, name: str) -> list[Fault]:
    """A filter that can read none of the values."""
    if isinstance(kind, Words):
        words = [value for value in kind.values if value != ""]
        is_wrong = bool(words) and not any(is_sayable(wanted, as_text(value)) for value in words)
    elif isinstance(kind, Form) and kind.name != "digits":
        is_wrong = wanted != kind.name
    elif isinstance(kind, Form):
        length = {"date": 8, "time": 4}.get(wanted, kind.least)
        is_wrong = not kind.least <= length <= kind.most
    else:
        is_wrong = isinstance(kind, Number) and wanted in ("date", "time")
    fault = (
        f"{name} cannot be said as {wanted}: it {described(kind)}",
        f"remove '| {wanted}', or insert another value",
        0,
    )
    return [fault] if is_wrong else []


__all__ = ["ANYTHING", "Fault", "Judge", "described", "shown"]
