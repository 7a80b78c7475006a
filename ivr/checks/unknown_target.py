"""A way out that leads nowhere."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from ivr.check import Check
from ivr.flow_reader import targets
from ivr.graph import Survey
from ivr.problems import Problem, did_you_mean, quote


class UnknownTarget(Check):
    """A way out must name a section of its flow, ``flow.section`` or a flow."""

    code = "unknown_target"
    chinese: ClassVar[dict[str, str]] = {
        "there is no section {}": "没有段落 {}",
    }

    def find(self, survey: Survey) -> Iterator[Problem]:
        flows, unread = survey.site.flows, survey.site.unread
        for position, step in survey.steps():
            flow = survey.site.blocks[position[0]].flow
            for loc, way in step.ways():
                owner, _, section = way.text.partition(".")
                if way.block or owner in unread.flows or (section or owner) in unread.words:
                    continue
                text = f"there is no section {quote(way.text)}"
                yield self.problem(step.place(*loc), text, did_you_mean(way.text, targets(flows, flow, way.text)))
