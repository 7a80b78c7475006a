"""A section that silently runs on into the next one."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from ivr.check import Check
from ivr.flow import Block
from ivr.graph import Position, Survey
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
        scopes, told = Scopes(survey), set()
        for graph in survey.graphs.values():
            for position in sorted(graph.reached):
                block = survey.site.blocks[position[0]]
                section, last = _section(survey, position)
                following = section.after[0] if section.after is not None else ""
                if not following or section.id in told or _is_first(survey, section.id):
                    continue
                if position[1] < len(block.steps) - 1 or last < len(section.steps) - 1:
                    continue
                if any(
                    edge.exit.way is None and edge.target and edge.target[0] == following
                    for edge in graph.edges(position)
                ):
                    told.add(section.id)
                    name = survey.site.blocks[following].section
                    text = f"the section {section.section!r} runs on into {name!r}"
                    other = "hangup: {say: ...}" if scopes.is_outside(position) else "return"
                    mend = f"add '- goto: {name}' if that is meant, else '- {other}'"
                    yield self.problem(section.steps[last].place(), text, mend)


def _section(survey: Survey, position: Position) -> tuple[Block, int]:
    """The section a step stands in, in a way's own list too, and which of its steps that is."""
    name, index = position
    block = survey.site.blocks[name]
    while block.owner is not None:
        name, index = block.owner
        block = survey.site.blocks[name]
    return block, index


def _is_first(survey: Survey, block: str) -> bool:
    return any(flow.start == block for flow in survey.site.flows.values())
