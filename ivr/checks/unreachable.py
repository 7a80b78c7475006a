"""Steps that no call and no chat can come to."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from ivr.check import Check
from ivr.flow import Flow
from ivr.flow_reader import meant
from ivr.graph import Graph, Position, Survey
from ivr.problems import Problem, nearest, quote
from ivr.step import MEDIA
from ivr.unread import Unread
from ivr.unreadable import Unreadable


class Unreachable(Check):
    """A flow no number, channel or goto leads to; a section nobody goes to; a step after the end."""

    code = "unreachable"
    chinese: ClassVar[dict[str, str]] = {
        "nobody comes to the flow {}": "没有人会走到流程 {}",
        "name it under numbers or channels, go to it from another flow, "
        "or delete it": "请写进 numbers 或 channels，或从别的流程过来，或删除",
        "nobody comes to the section {}": "没有人会走到段落 {}",
        "go to it, or delete it": "请从别处过来，或删除",
        "nobody comes to this step: {} before it never goes on": "没有人会走到这一步：前面的 {} 从不往下走",
        "move it up, or delete it": "请往上移，或删除",
    }

    def can_judge(self, unread: Unread) -> bool:
        return not unread.is_torn

    def find(self, survey: Survey) -> Iterator[Problem]:
        reached = frozenset().union(*(Graph(survey.site, medium, possible(survey)).reached for medium in MEDIA))
        blocks = {block for block, _ in reached}
        for flow in survey.site.flows.values():
            if flow.name in survey.site.unread.words or "numbers" in survey.site.unread.names:
                continue
            if not any(survey.site.blocks[block].flow == flow.name for block in blocks):
                mend = "name it under numbers or channels, go to it from another flow, or delete it"
                yield self.problem(flow.place, f"nobody comes to the flow {quote(flow.name)}", mend)
            else:
                yield from self._in_flow(survey, flow, blocks, reached)

    def _in_flow(
        self, survey: Survey, flow: Flow, blocks: set[str], reached: frozenset[tuple[str, int]]
    ) -> Iterator[Problem]:
        for block in flow.blocks.values():
            if block.is_section and block.id not in blocks and _is_skipped_nowhere(survey, block.id):
                mend = "go to it, or delete it"
                yield self.problem(block.place, f"nobody comes to the section {quote(block.section)}", mend)
            elif block.id in blocks:
                for index, step in enumerate(block.steps):
                    is_lost = (block.id, index) not in reached and index > 0 and (block.id, index - 1) in reached
                    if is_lost and step.on is None:
                        text = f"nobody comes to this step: {block.steps[index - 1].verb!r} before it never goes on"
                        yield self.problem(step.place(), text, "move it up, or delete it")


def possible(survey: Survey) -> frozenset[Position]:
    """Where contacts might come, too, once other mistakes are mended: ways that are misspelt, and all that unreadable
    steps may lead to."""
    site, found = survey.site, set[Position]()
    names = {flow for flow in (*site.numbers.values(), *(one.flow for one in site.channels.values()))}
    near = {nearest(name, site.flows) for name in names if name not in site.flows}
    found |= {(site.flows[name].start, 0) for name in near if name}
    for position, step in survey.steps():
        flow = site.blocks[position[0]].flow
        if isinstance(step, Unreadable):
            found.add((position[0], position[1] + 1))
        for _, way in step.ways() if flow in site.flows else ():
            block = "" if way.block else meant(site.flows, flow, way)
            found |= {(block, 0)} if block in site.blocks else set()
    sections = {block.id for block in site.blocks.values() if block.is_section and block.section in site.unread.words}
    return frozenset(found | {(block, 0) for block in sections})


def _is_skipped_nowhere(survey: Survey, block: str) -> bool:
    """A section all of whose steps are for the other medium is passed, not unreachable."""
    return any(step.on is None for step in survey.site.blocks[block].steps)
