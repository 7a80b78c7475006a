"""A number or channel that leads to a flow nobody wrote."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from ivr.check import Check
from ivr.graph import Survey
from ivr.problems import Problem, did_you_mean, quote
from ivr.strict_yaml import Path


class UnknownFlow(Check):
    """``numbers`` and ``channels`` must name a file of ``flows/``."""

    code = "unknown_flow"
    chinese: ClassVar[dict[str, str]] = {
        "there is no flow {}": "没有流程 {}",
        "write flows/{}.yaml": "请写 flows/{}.yaml",
    }

    def find(self, survey: Survey) -> Iterator[Problem]:
        site = survey.site
        named: list[tuple[Path, str]] = [(("numbers", number), flow) for number, flow in site.numbers.items()]
        named += [(("channels", name, "flow"), channel.flow) for name, channel in site.channels.items()]
        for path, flow in named:
            if flow not in site.flows and flow not in site.unread.flows:
                mend = did_you_mean(flow, site.flows, f"write flows/{flow}.yaml")
                yield self.problem(site.place(*path), f"there is no flow {quote(flow)}", mend)
