"""By what a step divides: a value there that can be 0 breaks the step, so the proof tries 0 for it.

Owns: finding those values in texts, ``$(...)`` and conditions. Not here: the other values worth trying (``world``).
"""

from __future__ import annotations

from collections.abc import Iterator

from ivr.expressions import Node
from ivr.reading import readings
from ivr.step import Step


def divisors(step: Step) -> frozenset[str]:
    """The names by whose values the step divides, itself or in a sum (``$(100 / (share + 1))``)."""
    return frozenset(name for reading in readings(step) for name in _below(reading.node))


def _below(node: Node) -> Iterator[str]:
    if node.op == "/":
        yield from node.parts[1].names()
    for part in node.parts:
        yield from _below(part)
