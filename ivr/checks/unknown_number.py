"""A number that ``site.yaml`` does not have."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from ivr.check import Check
from ivr.graph import Survey
from ivr.problems import Problem, did_you_mean, quote


class UnknownNumber(Check):
    """``call`` of a web chat channel must name an entry of ``numbers``: its flow answers calls from the page."""

    code = "unknown_number"
    needs_names = ("numbers",)
    chinese: ClassVar[dict[str, str]] = {
        "there is no number {}": "没有号码 {}",
        "add {} under numbers in site.yaml": "请在 site.yaml 的 numbers 下加上 {}",
    }

    def find(self, survey: Survey) -> Iterator[Problem]:
        site = survey.site
        known = site.unread.known("numbers", site.numbers)
        for name, channel in site.channels.items():
            number = str(channel.options.get("call") or "")
            if channel.type == "webchat" and number and number not in known and "$(" not in number:
                mend = did_you_mean(number, known, f"add {number!r} under numbers in site.yaml")
                yield self.problem(site.place("channels", name, "call"), f"there is no number {quote(number)}", mend)
