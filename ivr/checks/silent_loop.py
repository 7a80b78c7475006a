"""A circle a contact can be caught in without doing anything."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from ivr.check import Check
from ivr.graph import Edge, Graph, Position, Survey
from ivr.problems import Place, Problem
from ivr.step import Step
from ivr.steps.queue import Queue

MUTE = ("queue", "goto", "set", "branch", "hours")  # they say nothing to who waits
_Arrows = dict[Position, list[Position]]


class SilentLoop(Check):
    """Every circle of steps needs the contact: a key, a word, a long wait (``after``) with something said after it; the
    end of a talk is none."""

    code = "silent_loop"
    chinese: ClassVar[dict[str, str]] = {
        "who does nothing goes in a circle: {} of {} leads back to {}": (
            "客户什么也不做就会一直绕圈：{1} 的 {0} 又回到 {2}"
        ),
        "who does nothing goes in a circle: {} leads back to {}": "客户什么也不做就会一直绕圈：{} 又回到 {}",
        "lead {} to a person, to a section further down, or to hangup": "请让 {} 通向人工、后面的段落或 hangup",
    }

    def find(self, survey: Survey) -> Iterator[Problem]:
        for graph in survey.graphs.values():
            told: set[Place] = set()
            edges = [edge for circle in _circles(_silent(graph)) for edge in _backwards(graph, circle)]
            edges += [edge for circle in _circles(_waiting(graph)) for edge in _ends_of_waits(graph, circle)]
            for edge in edges:
                step, way = graph.step(edge.source), str(edge.exit.loc[0])
                place = step.place(*edge.exit.loc)
                if place not in told:
                    told.add(place)
                    yield self.problem(place, *_wording(survey, step, way, edge))


def _wording(survey: Survey, step: Step, way: str, edge: Edge) -> tuple[str, str]:
    block = survey.site.blocks[edge.target[0]] if edge.target is not None else None
    back = block.section if block is not None and block.is_section else way
    way = step.verb if way == step.short else way
    of = "" if way == step.verb else f" of {step.verb!r}"
    text = f"who does nothing goes in a circle: {way!r}{of} leads back to {back!r}"
    return text, f"lead {way!r} to a person, to a section further down, or to hangup"


def _backwards(graph: Graph, circle: set[Position]) -> list[Edge]:
    """The ways that close the circle: those written at a step that lead to it or to one before it; else all."""
    inside = [edge for position in sorted(circle) for edge in graph.edges(position) if edge.target in circle]
    written = [edge for edge in inside if edge.exit.loc and not edge.exit.is_heard]
    back = [one for one in written if one.target and graph.step(one.target).place() <= graph.step(one.source).place()]
    return back or written


def _ends_of_waits(graph: Graph, circle: set[Position]) -> list[Edge]:
    """The ``after`` of a queue that leads to nothing but the same queue; another queue on the way is something else."""
    queues = [step for step in map(graph.step, sorted(circle)) if isinstance(step, Queue)]
    if len({step.name for step in queues}) != 1:
        return []
    inside = [edge for position in sorted(circle) for edge in graph.edges(position) if edge.target in circle]
    return [edge for edge in inside if edge.exit.kind == "after"]


def _silent(graph: Graph) -> _Arrows:
    """Steps with those that follow when nobody is heard; what calls itself: ``endless_calls``."""
    return {
        position: [
            edge.target
            for edge in graph.edges(position)
            if edge.target is not None and not edge.exit.is_heard and edge.exit.kind != "call"
        ]
        for position in sorted(graph.reached)
    }


def _waiting(graph: Graph) -> _Arrows:
    """Queues and steps that say nothing, with those that follow when nobody does anything but wait."""
    mute = {position for position in graph.reached if graph.step(position).verb in MUTE}
    return {
        position: [
            edge.target
            for edge in graph.edges(position)
            if edge.target in mute and (not edge.exit.is_heard or edge.exit.kind == "after")
        ]
        for position in sorted(mute)
    }


def _circles(ahead: _Arrows) -> list[set[Position]]:
    """Groups of steps that reach each other over these edges (Kosaraju: two passes)."""
    behind: _Arrows = {position: [] for position in ahead}
    for position, targets in ahead.items():
        for target in targets:
            behind[target].append(position)
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
