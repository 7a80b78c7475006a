"""A number at which it takes too long to come to people."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from ivr.check import Check
from ivr.graph import Survey
from ivr.problems import Problem
from ivr.proof.human import quickest
from ivr.proof.paths import keys_of
from ivr.step import VOICE


class FarHuman(Check):
    """On the shortest path a caller is in a queue within 60 s, or ``limits: {human: 60 s}``."""

    code = "far_human"
    severity = "warning"
    needs_names = ("numbers",)
    is_proof = True
    chinese: ClassVar[dict[str, str]] = {
        "it takes {} s to come to people ({}), the limit is {} s": "要 {} 秒才能到人工（{}），上限是 {} 秒",
        "no key": "不按键",
        "offer a person earlier, or shorten what is said before": "请早些提供人工，或缩短前面的话",
    }

    def find(self, survey: Survey) -> Iterator[Problem]:
        limit = survey.site.limits.human_s
        for number, flow in survey.site.numbers.items():
            if not survey.is_provable(flow, VOICE):
                continue
            found = quickest(survey.walk(flow, VOICE))
            if found is not None and found[0] > limit:
                keys = ", ".join(keys_of(found[1])) or "no key"
                text = f"it takes {found[0]:.0f} s to come to people ({keys}), the limit is {limit:.0f} s"
                place = survey.site.place("numbers", number)
                yield self.problem(place, text, "offer a person earlier, or shorten what is said before")
