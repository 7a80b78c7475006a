"""By what a step divides: a value there that can be 0 breaks the step, so the proof tries 0 for it.

Owns: finding those values in texts, ``$(...)`` and conditions. Not here: the other values worth trying (``world``).
"""

from __future__ import annotations

from collections.abc import Iterator

from ivr.expressions import ExpressionError, Node, parse
from ivr.fields import Text
from ivr.step import Step, leaves
from ivr.steps.branch import Branch
from ivr.templates import parse_template


def divisors(step: Step) -> frozenset[str]:
    """The names by whose values the step divides, itself or in a sum (``$(100 / (share + 1))``)."""
    return frozenset(name for node in _expressions(step) for name in _below(node))


def _expressions(step: Step) -> Iterator[Node]:
    if isinstance(step, Branch):
        yield from (parse(case.when) for case in step.cases)
    for _, leaf in leaves(step):
        for text in leaf.root.values() if isinstance(leaf, Text) else (leaf,):
            if isinstance(text, str) and "$(" in text and "/" in text:
                yield from _inserted(text)


def _inserted(text: str) -> Iterator[Node]:
    try:
        yield from (part.node for part in parse_template(text) if not isinstance(part, str))
    except ExpressionError:  # a word that is no template, such as a pattern
        return


def _below(node: Node) -> Iterator[str]:
    if node.op == "/":
        yield from node.parts[1].names()
    for part in node.parts:
        yield from _below(part)
