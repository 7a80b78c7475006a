"""A ``return`` that contacts come to without a call."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from ivr.check import Check
from ivr.graph import Position, Survey
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
                section = _name(survey, position)
                text = "contacts come here without a call, and the flow ends for them"
                way = f"[call: {section}, goto: SECTION]"
                mend = f"go there by a list of steps: {way}, or write 'hangup: {{say: ...}}' here"
                yield self.problem(step.place(), text, mend)


def _name(survey: Survey, position: Position) -> str:
    """The section as those who come to it name it: with its flow, where they come from another one."""
    block = survey.site.blocks[position[0]]
    own = {one.id for one in survey.site.blocks.values() if one.flow == block.flow}
    ways = (way for one, step in survey.steps() if one[0] not in own for _, way in step.ways())
    return f"{block.flow}.{block.section}" if any(way.block in own for way in ways) else block.section
