"""A flow that just runs out of steps."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from ivr.check import Check
from ivr.graph import Survey
from ivr.problems import Problem
from ivr.scopes import Scopes


class DeadEnd(Check):
    """The last step of a flow must say what comes: a contact who is cut off without a word is lost."""

    code = "dead_end"
    chinese: ClassVar[dict[str, str]] = {
        "after {} the flow runs out of steps and the contact is cut off": "{} 之后流程没有下一步，客户会被突然挂断",
        "add 'goto: ...', 'queue: ...' or 'hangup: {say: ...}' after it": (
            "请在后面加上 'goto: ...'、'queue: ...' 或 'hangup: {say: ...}'"
        ),
        "after {} the subflow runs out of steps": "{} 之后子流程没有下一步",
        "add 'return' after it, to go back to the call": "请在后面加上 'return'，回到调用处",
    }

    def find(self, survey: Survey) -> Iterator[Problem]:
        scopes = Scopes(survey)
        for graph in survey.graphs.values():
            for position in sorted(graph.reached):
                step = graph.step(position)
                if not any(edge.is_cut_off for edge in graph.edges(position)):
                    continue
                text = f"after {step.verb!r} the flow runs out of steps and the contact is cut off"
                mend = "add 'goto: ...', 'queue: ...' or 'hangup: {say: ...}' after it"
                if not scopes.is_outside(position):
                    text = f"after {step.verb!r} the subflow runs out of steps"
                    mend = "add 'return' after it, to go back to the call"
                yield self.problem(step.place(), text, mend)
