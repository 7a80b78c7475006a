"""Conditions and insertions: a tiny language read by hand. No ``eval``, no calls, no attributes.

Owns: text -> tree, within a budget. Not here: computing the tree (``evaluation``), ``$(...)`` inside texts
(``templates``).

    contact.level == "vip" and queue.orders.waiting > 5        order is known        topic in ["orders", "repairs"]
    not (time >= "18:00") or calendar.service == "holiday"     tries + 1             queue.orders.wait > 2 min

>>> parse("tries + 1 > 3").op
'>'
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import lru_cache

from .session import Value

LENGTH_BOUND = 500
NODE_BOUND = 100
DEPTH_BOUND = 20

_TOKEN = re.compile(
    r"""\s*(?:(?P<number>[0-9]{1,15}(?:\.[0-9]{1,9})?)(?:\s?(?P<unit>ms|s|min|h)\b)?
    |"(?P<double>[^"]*)"|'(?P<single>[^']*)'
    |(?P<name>[^\W\d]\w*(?:\.\w+)*)
    |(?P<op>==|!=|<=|>=|[<>+\-*/()\[\],]))""",
    re.VERBOSE,
)
_UNITS = {"ms": 0.001, "s": 1.0, "min": 60.0, "h": 3600.0}
_COMPARISONS = ("==", "!=", "<", "<=", ">", ">=")
_WORDS: dict[str, Value] = {"yes": True, "true": True, "no": False, "false": False}
KEYWORDS = frozenset({"and", "or", "not", "in", "is", "known", *_WORDS})


class ExpressionError(ValueError):
    """The expression cannot be read or computed; the text says why, for the author.

    ``insert``: of a text with several ``$(``, in which one it is, counted from 0; ``at``: at which character of the
    expression, where that can be told."""

    insert: int | None = None
    at: int | None = None


@dataclass(frozen=True, slots=True)
class Node:
    """``op`` is "value", "name", "list", "known", "not", "neg", "and", "or", "in" or the operator itself; ``at``: at
    which character of the expression it begins."""

    op: str
    value: Value = ""
    parts: tuple[Node, ...] = field(default=())
    at: int = field(default=0, compare=False)

    def names(self) -> frozenset[str]:
        """Every name the expression reads."""
        own = frozenset({str(self.value)}) if self.op == "name" else frozenset()
        return own.union(*(part.names() for part in self.parts))


@lru_cache(maxsize=4096)
def parse(source: str) -> Node:
    """Read one expression; raises ``ExpressionError`` with the reason."""
    if len(source) > LENGTH_BOUND:
        raise ExpressionError(f"a condition may have {LENGTH_BOUND} characters")
    return _Reader(_tokens(source)).whole()


def name_at(source: str, name: str) -> int | None:
    """At which character of a condition a name is read first; None where it is no condition or does not read it.

    >>> name_at('level == "stat" or stat > 2', "stat")
    19
    """
    try:
        pending = [parse(source)]
    except ExpressionError:
        return None
    found: list[int] = []
    while pending:
        node = pending.pop()
        pending += node.parts
        found += [node.at] if node.op == "name" and node.value == name else []
    return min(found, default=None)


def _failed(text: str, at: int) -> ExpressionError:
    error = ExpressionError(text)
    error.at = at
    return error


def _tokens(source: str) -> list[tuple[str, Value, int]]:
    tokens: list[tuple[str, Value, int]] = []
    text = source.rstrip()
    position = 0
    while position < len(text):
        match = _TOKEN.match(text, position)
        if match is None:
            rest = text[position:].lstrip()
            raise _failed(f"cannot read {rest.strip()[:20]!r}{_hint(rest)}", len(text) - len(rest))
        position = match.end()
        tokens.append((*_token(match), match.start() + len(match[0]) - len(match[0].lstrip())))
    return tokens


def _hint(rest: str) -> str:
    return ", comparing is written ==" if rest.strip().startswith("=") else ""


def _token(match: re.Match[str]) -> tuple[str, Value]:
    kind = str(match.lastgroup)
    if match["number"] is not None:
        number = float(match["number"]) * _UNITS.get(match["unit"] or "s", 1.0)
        return "value", int(number) if number.is_integer() else number
    if kind in ("double", "single"):
        return "value", match[kind]
    text = match[kind]
    if kind == "name":
        return ("value", _WORDS[text]) if text in _WORDS else ("word" if text in KEYWORDS else "name", text)
    return "op", text


class _Reader:
    """Recursive descent over the tokens, counting nodes and depth."""

    def __init__(self, tokens: list[tuple[str, Value, int]]) -> None:
        self._tokens = tokens
        self._at = 0
        self._nodes = 0
        self._depth = 0

    def whole(self) -> Node:
        node = self._either()
        if self._at < len(self._tokens):
            raise self._unexpected()
        return node

    def _unexpected(self) -> ExpressionError:
        _, value, at = self._tokens[self._at]
        return _failed(f"{value!r} is not expected there", at)

    def _last(self) -> int:
        """At which character the token begins that was taken last."""
        return self._tokens[self._at - 1][2] if self._at else 0

    def _make(self, op: str, *parts: Node, value: Value = "", at: int | None = None) -> Node:
        self._nodes += 1
        if self._nodes > NODE_BOUND:
            raise ExpressionError("the condition is too long; split it into two")
        return Node(op, value, parts, parts[0].at if at is None and parts else at or 0)

    def _take(self, *wanted: str) -> str:
        """The next token's text where it is one of ``wanted`` operators or words, else ''."""
        if self._at < len(self._tokens):
            kind, text, _ = self._tokens[self._at]
            if kind in ("op", "word") and text in wanted:
                self._at += 1
                return str(text)
        return ""

    def _need(self, wanted: str, since: int) -> None:
        if not self._take(wanted):
            raise _failed(f"{wanted!r} is missing", since)

    def _either(self) -> Node:
        self._depth += 1
        if self._depth > DEPTH_BOUND:
            raise ExpressionError("too many brackets")
        node = self._both()
        while self._take("or"):
            node = self._make("or", node, self._both())
        self._depth -= 1
        return node

    def _both(self) -> Node:
        node = self._negation()
        while self._take("and"):
            node = self._make("and", node, self._negation())
        return node

    def _negation(self) -> Node:
        negations = 0
        while self._take("not"):
            negations += 1
        node = self._comparison()
        return self._make("not", node) if negations % 2 else node

    def _comparison(self) -> Node:
        left = self._sum()
        if operator := self._take(*_COMPARISONS):
            return self._make(operator, left, self._sum())
        if self._take("in"):
            return self._make("in", left, self._members())
        if self._take("not"):
            self._need("in", self._last())
            return self._make("not", self._make("in", left, self._members()))
        if self._take("is"):
            is_negative = bool(self._take("not"))
            self._need("known", self._last())
            known = self._make("known", left)
            return self._make("not", known) if is_negative else known
        return left

    def _members(self) -> Node:
        if not self._take("["):
            return self._sum()
        opened = self._last()
        members = [self._sum()]
        while self._take(","):
            members.append(self._sum())
        self._need("]", opened)
        return self._make("list", *members)

    def _sum(self) -> Node:
        node = self._product()
        while operator := self._take("+", "-"):
            node = self._make(operator, node, self._product())
        return node

    def _product(self) -> Node:
        node = self._atom()
        while operator := self._take("*", "/"):
            node = self._make(operator, node, self._atom())
        return node

    def _atom(self) -> Node:
        negations = 0
        while self._take("-"):
            negations += 1
        node = self._plain_atom()
        return self._make("neg", node) if negations % 2 else node

    def _plain_atom(self) -> Node:
        if self._take("("):
            opened = self._last()
            node = self._either()
            self._need(")", opened)
            return node
        if self._at >= len(self._tokens):
            raise _failed("something is missing at its end", self._last())
        kind, value, at = self._tokens[self._at]
        if kind not in ("value", "name"):
            raise self._unexpected()
        self._at += 1
        return self._make(kind, value=value, at=at)
