"""Every expression of a step, with where it stands: conditions and the ``$(...)`` of its texts and words.

Owns: finding them. Not here: what is wrong with them (``judging``).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from .expressions import ExpressionError, Node, parse
from .fields import Text, is_file
from .problems import Place
from .step import Step, leaves
from .steps.branch import Branch
from .steps.gather import Gather
from .strict_yaml import Path
from .templates import Insert, parse_template
from .validity import CHECKS


@dataclass(frozen=True, slots=True)
class Reading:
    """One expression of the field at ``loc``; ``insert`` None: a condition."""

    loc: Path
    node: Node
    insert: Insert | None = None

    def place_of(self, step: Step, at: int) -> Place:
        """Where the ``at``-th character of a condition stands; of an insertion, its ``$(``."""
        if self.insert is not None:
            return step.place_of_insert(self.insert.number, *self.loc)
        return step.place_within(at, *self.loc)


def readings(step: Step) -> Iterator[Reading]:
    """All of them, in the order of the fields."""
    for loc, condition in _conditions(step):
        yield Reading(loc, parse(condition))
    for loc, text in _templates(step):
        yield from (Reading(loc, one.node, one) for one in inserts(text))


def _conditions(step: Step) -> Iterator[tuple[Path, str]]:
    if isinstance(step, Branch):
        yield from ((("cases", index, "when"), case.when) for index, case in enumerate(step.cases))
    if isinstance(step, Gather):
        yield from ((("valid", index), check) for index, check in enumerate(step.valid) if check not in CHECKS)


def _templates(step: Step) -> Iterator[tuple[Path, str]]:
    for loc, leaf in leaves(step):
        if isinstance(leaf, Text):
            yield from (((*loc, code), text) for code, text in leaf.root.items() if not is_file(text))
        elif isinstance(leaf, str):
            yield loc, leaf


def inserts(text: str) -> list[Insert]:
    """The ``$(...)`` of a text; none where it is no template, such as a pattern."""
    try:
        return [part for part in parse_template(text) if not isinstance(part, str)] if "$(" in text else []
    except ExpressionError:
        return []
