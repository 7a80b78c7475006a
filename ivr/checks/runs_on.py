"""A section that silently runs on into the next one."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from ivr.check import Check
from ivr.graph import Survey
from ivr.problems import Problem
from ivr.scopes import Scopes


class RunsOn(Check):
    """Only the first section of a flow may run on unsaid; elsewhere it is usually a forgotten end."""

    code = "runs_on"
    chinese: ClassVar[dict[str, str]] = {
        "the section {} runs on into {}": "段落 {} 会直接走进 {}",
        "add '- goto: {}' if that is meant, else '- {}'": "如果有意如此，请加上 '- goto: {}'，否则加 '- {}'",
    }

    def find(self, survey: Survey) -> Iterator[Problem]:
        scopes = Scopes(survey)
        for graph in survey.graphs.values():
            for position in sorted(graph.reached):
                block = survey.site.blocks[position[0]]
                is_last = position[1] == len(block.steps) - 1
                if not block.is_section or not is_last or block.after is None or _is_first(survey, block.id):
                    continue
                step, following = block.steps[-1], block.after[0]
                if any(
                    edge.exit.way is None and edge.target and edge.target[0] == following
                    for edge in graph.edges(position)
                ):
                    name = survey.site.blocks[following].section
                    text = f"the section {block.section!r} runs on into {name!r}"
                    other = "hangup: {say: ...}" if scopes.is_outside(position) else "return"
                    mend = f"add '- goto: {name}' if that is meant, else '- {other}'"
                    yield self.problem(step.place(), text, mend)


def _is_first(survey: Survey, block: str) -> bool:
    return any(flow.start == block for flow in survey.site.flows.values())
