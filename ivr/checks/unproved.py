"""A flow with so many states that not all of its paths could be walked."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from ivr.check import Check
from ivr.graph import Position, Survey
from ivr.problems import Problem, quote
from ivr.proof.explore import NODE_BOUND
from ivr.steps.gather import Gather


class Unproved(Check):
    """All paths are walked up to a bound; beyond it nothing is proved, and that is said."""

    code = "unproved"
    severity = "warning"
    is_proof = True
    chinese: ClassVar[dict[str, str]] = {
        "only {} states of this flow were walked (the bound is {})": "这个流程只走了 {} 个状态（上限 {}）",
        "nothing is known that {} accepts: what comes after it was not walked": (
            "不知道 {} 接受什么输入：它之后的路径没有走到"
        ),
        "write a test for it (flows/{}.tests.yaml), or a simpler 'valid'": (
            "请为它写测试（flows/{}.tests.yaml），或把 'valid' 写简单些"
        ),
        "compare values with fewer constants, or split the flow": "请少用常量比较，或把流程拆开",
    }

    def find(self, survey: Survey) -> Iterator[Problem]:
        for walk in survey.walks():
            flow = survey.site.flows[walk.flow]
            if not walk.is_whole and flow.file not in survey.broken:
                text = f"only {len(walk.nodes)} states of this flow were walked (the bound is {NODE_BOUND})"
                yield self.problem(flow.place, text, "compare values with fewer constants, or split the flow")
        for step, flow_name in _never_answered(survey):
            text = f"nothing is known that {quote(step.valid[0])} accepts: what comes after it was not walked"
            mend = f"write a test for it (flows/{flow_name}.tests.yaml), or a simpler 'valid'"
            yield self.problem(step.place("valid"), text, mend)


def _never_answered(survey: Survey) -> Iterator[tuple[Gather, str]]:
    """The questions with ``valid`` that contacts came to, and none of the entries tried was taken; with their flow."""
    asked: dict[Position, Gather] = {}
    answered: set[Position] = set()
    for walk in survey.walks():
        for edge in walk.edges:
            if edge.source is None or not edge.source.session.block:
                continue
            step, before = walk.step(edge.source.session), edge.source.session.variables
            if isinstance(step, Gather) and step.valid:
                position = (edge.source.session.block, edge.source.session.index)
                asked[position] = step
                if step.name in edge.turn.session.variables or step.name in before:
                    answered.add(position)
    for position in sorted(asked.keys() - answered):
        yield asked[position], survey.site.blocks[position[0]].flow
