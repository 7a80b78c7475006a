"""A section that silently runs on into the next one."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from ivr.check import Check
from ivr.flow import Block
from ivr.graph import Edge, Survey
from ivr.problems import Problem
from ivr.scopes import Scopes
from ivr.step import TEXT, VOICE


class RunsOn(Check):
    """Only the first section of a flow may run on unsaid; elsewhere it is usually a forgotten end."""

    code = "runs_on"
    chinese: ClassVar[dict[str, str]] = {
        "the section {} runs on into {}": "段落 {} 会直接走进 {}",
        "calls run on from the section {} into {}": "来电会从段落 {} 直接走进 {}",
        "chats run on from the section {} into {}": "会话会从段落 {} 直接走进 {}",
        "add '- goto: {}' if that is meant, else '- {}'": "如果有意如此，请加上 '- goto: {}'，否则加 '- {}'",
    }

    def find(self, survey: Survey) -> Iterator[Problem]:
        scopes, told = Scopes(survey), set()
        for graph in survey.graphs.values():
            for position in sorted(graph.reached):
                for edge in graph.edges(position):
                    section = _headed_for(survey, edge)
                    if section is None or edge.target is None or section.after is None or section.id in told:
                        continue
                    landed = _section(survey, edge.target[0])
                    if landed.id == section.id or landed.flow != section.flow or _is_first(survey, section.id):
                        continue
                    told.add(section.id)
                    last = section.steps[-1]
                    text = f"the section {section.section!r} runs on into {landed.section!r}"
                    if last.on and last.on != graph.medium:
                        who = {VOICE: "calls", TEXT: "chats"}[graph.medium]
                        text = f"{who} run on from the section {section.section!r} into {landed.section!r}"
                    other = "hangup: {say: ...}" if scopes.is_outside(position) else "return"
                    mend = f"add '- goto: {landed.section}' if that is meant, else '- {other}'"
                    yield self.problem(last.place(), text, mend)


def _headed_for(survey: Survey, edge: Edge) -> Block | None:
    """The section that was meant: its own where a step just goes on, else the one that is named; None: no section."""
    way = edge.exit.way
    if way is None:
        return _section(survey, edge.source[0])
    return _section(survey, way.block) if way.block in survey.site.blocks else None


def _section(survey: Survey, name: str) -> Block:
    """The section of a way's own list of steps, too."""
    block = survey.site.blocks[name]
    while block.owner is not None:
        block = survey.site.blocks[block.owner[0]]
    return block


def _is_first(survey: Survey, block: str) -> bool:
    return any(flow.start == block for flow in survey.site.flows.values())
