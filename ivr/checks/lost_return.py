"""A ``return`` that contacts come to without a call."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from ivr.check import Check
from ivr.graph import Survey
from ivr.problems import Problem
from ivr.scopes import Scopes
from ivr.steps.return_ import ReturnStep


class LostReturn(Check):
    """``return`` goes back to a ``call``; who came by ``goto`` or a key has nowhere to go back to: the flow ends."""

    code = "lost_return"
    chinese: ClassVar[dict[str, str]] = {
        "contacts come here without a call, and the flow ends for them": "客户不经 call 来到这里，流程对他们就此结束",
        "go there by a list of steps: [call: {}, goto: SECTION], or write 'hangup: {say: ...}' here": (
            "请用 [call: {}, goto: 段落] 过去，或写 'hangup: {say: ...}'"
        ),
    }

    def find(self, survey: Survey) -> Iterator[Problem]:
        scopes = Scopes(survey)
        for position, step in survey.steps():
            if isinstance(step, ReturnStep) and scopes.is_outside(position):
                section = survey.site.blocks[position[0]].section
                text = "contacts come here without a call, and the flow ends for them"
                way = f"[call: {section}, goto: SECTION]"
                mend = f"go there by a list of steps: {way}, or write 'hangup: {{say: ...}}' here"
                yield self.problem(step.place(), text, mend)
