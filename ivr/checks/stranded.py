"""A path on which a contact is left alone: a step breaks, waits for ever, or never comes to an end."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from ivr.check import Check
from ivr.graph import Survey
from ivr.problems import Place, Problem
from ivr.proof import Edge, Exploration, Node
from ivr.proof.paths import ways_on, words
from ivr.waits import KeysPressed, TextArrived

WAY_OUT = "give the step a way out, such as 'otherwise: ...'"


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
        "give the step a way out, such as 'otherwise: ...'": "请给这一步一个出口，如 'otherwise: ...'",
    }

    def find(self, survey: Survey) -> Iterator[Problem]:
        told: set[tuple[Place, str]] = set()
        for walk in survey.walks():
            for place, what, path in (*_breaks(walk), *_endless(walk)):
                if (place, what[:20]) not in told and place.file not in survey.broken:
                    told.add((place, what[:20]))
                    mend = "correct the expression" if "ExpressionError" in what else WAY_OUT
                    yield self.problem(place, f"{what}: {path}", mend)


def _breaks(walk: Exploration) -> Iterator[tuple[Place, str, str]]:
    for edge in walk.edges:
        session = edge.turn.session
        if edge.turn.fault and session.in_fallback and not edge.is_failure:
            block, index = edge.turn.broke_at or (session.block, session.index)
            place = walk.site.blocks[block].steps[index].place() if block else walk.site.flows[walk.flow].place
            yield place, f"the flow breaks ({edge.turn.fault})", words(walk.path_of(edge))
        elif not edge.turn.effects and not session.waits_for and not session.is_over:
            yield walk.place(session), "nothing happens", words(walk.path_of(edge))
    for node, why in walk.stuck:
        yield walk.place(node.session), f"nothing happens when {why}", words(walk.path_to(node))


def _endless(walk: Exploration) -> Iterator[tuple[Place, str, str]]:
    """States from which no end is reached: at all, or by a contact who stays silent."""
    ending = ways_on(walk, lambda edge: not edge.is_failure)
    passive = ways_on(walk, _is_passive)
    for node in walk.nodes:
        if _waits(node) and node.number not in (passive if node.number in ending else ending):
            who = "a silent contact" if node.number in ending else "the contact"
            yield walk.place(node.session), f"{who} never comes to an end", words(walk.path_to(node))


def _waits(node: Node) -> bool:
    return not node.is_over and bool(node.edges)


def _is_passive(edge: Edge) -> bool:
    return not edge.is_failure and not isinstance(edge.happening, KeysPressed | TextArrived)
