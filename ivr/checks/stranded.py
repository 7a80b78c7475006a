"""A path on which a contact is left alone: a step breaks, waits for ever, or never comes to an end."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import ClassVar

from ivr.check import Check
from ivr.evaluation import evaluate
from ivr.expressions import ExpressionError
from ivr.graph import Survey
from ivr.problems import Place, Problem
from ivr.proof import Edge, Exploration, Node
from ivr.proof.paths import ways_on, words
from ivr.reading import readings
from ivr.scene import Scene
from ivr.waits import KeysPressed, TextArrived

ZERO = "let a 'branch' before it lead away where that is 0"
VALUE = "let a 'branch' before it lead away where the value is none to compute with"
FAILS = "give the step a way out, such as 'fails: ...'"
WAY_OUT = "give the step a way out, such as 'otherwise: ...'"

_WHERE = re.compile(r"^(?:[\w.\[\]]+: [a-z]+: |\w+Error: )")


class Stranded(Check):
    """Every step has its way out on time-out, wrong input, hang-up and failure of what is outside."""

    code = "stranded"
    is_proof = True
    chinese: ClassVar[dict[str, str]] = {
        "the flow breaks ({}): {}": "流程出错（{}）：{}",
        "nothing happens: {}": "什么都不会发生：{}",
        "nothing happens when {}: {}": "{} 时什么都不会发生：{}",
        "a silent contact never comes to an end: {}": "不出声的客户永远走不到结束：{}",
        "the contact never comes to an end: {}": "客户永远走不到结束：{}",
        "let a 'branch' before it lead away where that is 0": "请在它前面用 'branch' 处理为 0 的情况",
        "let a 'branch' before it lead away where the value is none to compute with": (
            "请在它前面用 'branch' 处理不能计算的值"
        ),
        "give the step a way out, such as 'fails: ...'": "请给这一步一个出口，如 'fails: ...'",
        "give the step a way out, such as 'otherwise: ...'": "请给这一步一个出口，如 'otherwise: ...'",
    }

    def find(self, survey: Survey) -> Iterator[Problem]:
        told: set[tuple[Place, str]] = set()
        for walk in survey.walks():
            for place, what, path, mend in (*_breaks(walk), *_endless(walk)):
                if (place, what[:20]) not in told and place.file not in survey.broken:
                    told.add((place, what[:20]))
                    yield self.problem(place, f"{what}: {path}", mend)


def _breaks(walk: Exploration) -> Iterator[tuple[Place, str, str, str]]:
    for edge in walk.edges:
        session = edge.turn.session
        if edge.turn.fault and session.in_fallback and not edge.is_failure:
            place, mend = _broken(walk, edge)
            yield place, f"the flow breaks ({_reason(edge.turn.fault)})", words(walk.path_of(edge)), mend
        elif not edge.turn.effects and not session.waits_for and not session.is_over:
            yield walk.place(session), "nothing happens", words(walk.path_of(edge)), WAY_OUT
    for node, why in walk.stuck:
        yield walk.place(node.session), f"nothing happens when {why}", words(walk.path_to(node)), WAY_OUT


def _reason(fault: str) -> str:
    """The engine's words without the place, which the problem has already."""
    return _WHERE.sub("", fault)


def _broken(walk: Exploration, edge: Edge) -> tuple[Place, str]:
    """Where a step breaks, and the mend: at the expression that cannot be computed with the values of this path."""
    session = edge.turn.session
    block, index = edge.turn.broke_at or (session.block, session.index)
    if not block:
        return walk.site.flows[walk.flow].place, WAY_OUT
    step = walk.site.blocks[block].steps[index]
    facts = {**edge.target.known, **{one.name: one.value for one in edge.chosen}}
    scene = Scene(walk.site, session, edge.target.at, facts)
    for reading in readings(step):
        try:
            evaluate(reading.node, scene.lookup)
        except ExpressionError as error:
            return reading.place_of(step, 0), ZERO if "zero" in str(error) else VALUE
    return step.place(), WAY_OUT if "otherwise" in type(step).model_fields else FAILS


def _endless(walk: Exploration) -> Iterator[tuple[Place, str, str, str]]:
    """States from which no end is reached: at all, or by a contact who stays silent."""
    ending = ways_on(walk, lambda edge: not edge.is_failure)
    passive = ways_on(walk, _is_passive)
    for node in walk.nodes:
        if _waits(node) and node.number not in (passive if node.number in ending else ending):
            who = "a silent contact" if node.number in ending else "the contact"
            yield walk.place(node.session), f"{who} never comes to an end", words(walk.path_to(node)), WAY_OUT


def _waits(node: Node) -> bool:
    return not node.is_over and bool(node.edges)


def _is_passive(edge: Edge) -> bool:
    return not edge.is_failure and not isinstance(edge.happening, KeysPressed | TextArrived)
