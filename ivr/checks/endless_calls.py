"""A subflow that calls itself."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from ivr.check import Check
from ivr.graph import Survey
from ivr.problems import Problem, quote
from ivr.scopes import Scope, Scopes
from ivr.steps.call import CallStep


class EndlessCalls(Check):
    """``call`` comes back; who calls the same section again and again from inside it never does."""

    code = "endless_calls"
    chinese: ClassVar[dict[str, str]] = {
        "{} calls itself: {}": "{} 调用了它自己：{}",
        "to begin again write 'goto: {}' as the last step: it does not come back": (
            "要重新开始，请把 'goto: {}' 写成最后一步：它不会返回"
        ),
    }

    def find(self, survey: Survey) -> Iterator[Problem]:
        scopes = Scopes(survey)
        called = {name: self._calls(survey, scope) for name, scope in scopes.subflows.items()}
        for name in sorted(called):
            circle = _circle(name, {one: {step.flow.block for step in steps} for one, steps in called.items()})
            for step in called[name] if circle else ():
                if step.flow.block == circle[0]:
                    text = f"{quote(step.flow.text)} calls itself: {' -> '.join([name, *circle])}"
                    mend = f"to begin again write 'goto: {step.flow.text}' as the last step: it does not come back"
                    yield self.problem(step.place("flow"), text, mend)

    @staticmethod
    def _calls(survey: Survey, scope: Scope) -> list[CallStep]:
        steps = [survey.site.blocks[block].steps[index] for block, index in sorted(scope.steps)]
        return [step for step in steps if isinstance(step, CallStep)]


def _circle(start: str, called: dict[str, set[str]]) -> list[str]:
    """The shortest way of calls from ``start`` back to it; empty where there is none."""
    seen, paths = {start}, [[one] for one in sorted(called[start])]
    for path in paths:
        if path[-1] == start:
            return path
        if path[-1] not in seen:
            seen.add(path[-1])
            paths += [[*path, one] for one in sorted(called.get(path[-1], ()))]
    return []
