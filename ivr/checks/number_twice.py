"""A number that is dialled for two things."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from ivr.check import Check
from ivr.graph import Survey
from ivr.problems import Problem, quote


class NumberTwice(Check):
    """What leads to a flow is no agent's extension: one of the two could never be called."""

    code = "number_twice"
    chinese: ClassVar[dict[str, str]] = {
        "the extension {} is also a number that leads to the flow {}": "分机 {} 同时是通往流程 {} 的号码",
        "give the agent another extension": "请给坐席换一个分机",
    }

    def find(self, survey: Survey) -> Iterator[Problem]:
        site = survey.site
        for extension in site.agents:
            if extension in site.numbers:
                flow = quote(site.numbers[extension])
                text = f"the extension {quote(extension)} is also a number that leads to the flow {flow}"
                yield self.problem(site.place("agents", extension, key=True), text, "give the agent another extension")
