"""A circle a contact can be caught in without doing anything."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from ivr.check import Check
from ivr.graph import Graph, Position, Survey
from ivr.problems import Problem

_Arrows = dict[Position, list[Position]]


class SilentLoop(Check):
    """Every circle of steps needs the contact: a key, a word, or a place in a queue."""

    code = "silent_loop"
    chinese: ClassVar[dict[str, str]] = {
        "who does nothing goes in a circle from {}": "客户什么也不做，就会从 {} 起一直绕圈",
        "lead one way out (often 'otherwise') to a person, another section "
        "or hangup": "请让一个出口（常用 'otherwise'）通向人工、别的段落或 hangup",
    }

    def find(self, survey: Survey) -> Iterator[Problem]:
        for graph in survey.graphs.values():
            for circle in _circles(graph):
                step = graph.step(min(circle, key=lambda position: graph.step(position).place()))
                text = f"who does nothing goes in a circle from {step.verb!r}"
                mend = "lead one way out (often 'otherwise') to a person, another section or hangup"
                yield self.problem(step.place(), text, mend)


def _circles(graph: Graph) -> list[set[Position]]:
    """Groups of steps that reach each other over edges on which nobody is heard (Kosaraju: two passes)."""
    ahead: _Arrows = {position: [] for position in graph.reached}
    behind: _Arrows = {position: [] for position in graph.reached}
    for position in sorted(graph.reached):
        for edge in graph.edges(position):
            is_silent = not edge.exit.is_heard and edge.exit.kind != "call"  # what calls itself: ``endless_calls``
            if edge.target is not None and is_silent:
                ahead[position].append(edge.target)
                behind[edge.target].append(position)
    placed: set[Position] = set()
    circles: list[set[Position]] = []
    for position in reversed(_finished(ahead)):
        if position not in placed:
            circle = _from(behind, position, placed)
            placed |= circle
            if len(circle) > 1 or position in ahead[position]:
                circles.append(circle)
    return circles


def _finished(arrows: _Arrows) -> list[Position]:
    """All steps in the order in which a walk leaves them for good."""
    order: list[Position] = []
    seen: set[Position] = set()
    for start in arrows:
        pending = [(start, False)]
        while pending:
            position, is_done = pending.pop()
            if is_done:
                order.append(position)
            elif position not in seen:
                seen.add(position)
                pending.append((position, True))
                pending += [(target, False) for target in arrows[position]]
    return order


def _from(arrows: _Arrows, start: Position, without: set[Position]) -> set[Position]:
    found = {start}
    pending = [start]
    while pending:
        new = [position for position in arrows[pending.pop()] if position not in found and position not in without]
        found.update(new)
        pending += new
    return found
