"""Computing expressions: typed, without surprises, in bounded time.

Owns: the meaning of operators. Not here: reading them (``expressions``), where names come from (``scene``).

An unknown name is "" (``x is known`` asks). Numbers may be written as text ("7" > 5); comparing what cannot be
compared is an ``ExpressionError``, never a guess.

>>> from .expressions import parse
>>> evaluate(parse('level == "vip" and waiting > 5'), {"level": "vip", "waiting": 7}.get)
True
"""

from __future__ import annotations

from collections.abc import Callable

from .expressions import ExpressionError, Node
from .session import Value
from .values import NUMBER_BOUND, as_number, as_text, clean_value

Lookup = Callable[[str], Value | None]


def evaluate(node: Node, lookup: Lookup) -> Value:
    """The value of ``node``; raises ``ExpressionError``."""
    if node.op == "value":
        return node.value
    if node.op == "name":
        found = lookup(str(node.value))
        return clean_value(found)
    return _OPERATORS[node.op](node, lookup)


def is_true(value: Value) -> bool:
    """ "", "no", 0 and False are not true."""
    return value not in ("", "no", "false") if isinstance(value, str) else bool(value)


def _and(node: Node, lookup: Lookup) -> Value:
    return all(is_true(evaluate(part, lookup)) for part in node.parts)


def _or(node: Node, lookup: Lookup) -> Value:
    return any(is_true(evaluate(part, lookup)) for part in node.parts)


def _not(node: Node, lookup: Lookup) -> Value:
    return not is_true(evaluate(node.parts[0], lookup))


def _known(node: Node, lookup: Lookup) -> Value:
    return evaluate(node.parts[0], lookup) != ""


def _in(node: Node, lookup: Lookup) -> Value:
    left = evaluate(node.parts[0], lookup)
    right = node.parts[1]
    if right.op == "list":
        return any(_is_equal(left, evaluate(member, lookup)) for member in right.parts)
    return as_text(left) != "" and as_text(left) in as_text(evaluate(right, lookup))


def _equality(node: Node, lookup: Lookup) -> Value:
    left, right = (evaluate(part, lookup) for part in node.parts)
    return _is_equal(left, right) == (node.op == "==")


def _is_equal(left: Value, right: Value) -> bool:
    if isinstance(left, bool) or isinstance(right, bool):
        return as_text(left) == as_text(right)
    if isinstance(left, str) and isinstance(right, str):
        return left == right
    return as_number(left) == as_number(right)


def _order(node: Node, lookup: Lookup) -> Value:
    left, right = (evaluate(part, lookup) for part in node.parts)
    if left == "" or right == "":
        return False
    numbers = as_number(left), as_number(right)
    if numbers[0] is not None and numbers[1] is not None:
        return _compare(node.op, (numbers[0] > numbers[1]) - (numbers[0] < numbers[1]))
    if isinstance(left, str) and isinstance(right, str):
        return _compare(node.op, (left > right) - (left < right))
    raise ExpressionError(f"cannot compare {as_text(left)[:20]!r} with {as_text(right)[:20]!r}")


def _compare(operator: str, sign: int) -> bool:
    return {"<": sign < 0, "<=": sign <= 0, ">": sign > 0, ">=": sign >= 0}[operator]


def _arithmetic(node: Node, lookup: Lookup) -> Value:
    values = [evaluate(part, lookup) for part in node.parts]
    numbers = [0.0 if value == "" else as_number(value) for value in values]
    left, right = (numbers[0], numbers[-1]) if node.op != "neg" else (0.0, numbers[0])
    if left is None or right is None:
        raise ExpressionError(f"cannot compute with {', '.join(repr(as_text(value)[:20]) for value in values)}")
    result = _computed(node.op, left, right)
    if abs(result) > NUMBER_BOUND:
        raise ExpressionError("the number is too large")
    return int(result) if result.is_integer() else result


def _computed(operator: str, left: float, right: float) -> float:
    if operator == "/":
        if right == 0:
            raise ExpressionError("a division by zero")
        return left / right
    if operator == "*":
        return left * right
    return left + right if operator == "+" else left - right


_OPERATORS: dict[str, Callable[[Node, Lookup], Value]] = {
    "and": _and,
    "or": _or,
    "not": _not,
    "known": _known,
    "in": _in,
    "==": _equality,
    "!=": _equality,
    **dict.fromkeys(("<", "<=", ">", ">="), _order),
    **dict.fromkeys(("+", "-", "*", "/", "neg"), _arithmetic),
}
