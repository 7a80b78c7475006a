"""A flow with so many states that not all of its paths could be walked."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from ivr.check import Check
from ivr.graph import Survey
from ivr.problems import Problem
from ivr.proof.explore import NODE_BOUND


class Unproved(Check):
    """All paths are walked up to a bound; beyond it nothing is proved, and that is said."""

    code = "unproved"
    severity = "warning"
    is_proof = True
    chinese: ClassVar[dict[str, str]] = {
        "only {} states of this flow were walked (the bound is {})": "这个流程只走了 {} 个状态（上限 {}）",
        "compare values with fewer constants, or split the flow": "请少用常量比较，或把流程拆开",
    }

    def find(self, survey: Survey) -> Iterator[Problem]:
        for walk in survey.walks():
            flow = survey.site.flows[walk.flow]
            if not walk.is_whole and flow.file not in survey.broken:
                text = f"only {len(walk.nodes)} states of this flow were walked (the bound is {NODE_BOUND})"
                yield self.problem(flow.place, text, "compare values with fewer constants, or split the flow")
