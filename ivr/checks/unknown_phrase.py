"""An entry of ``phrases`` that the product never says."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from ivr.check import Check
from ivr.graph import Survey
from ivr.phrases import BUILT_IN
from ivr.problems import Problem, did_you_mean, quote


class UnknownPhrase(Check):
    """``phrases`` may replace only words the product has."""

    code = "unknown_phrase"
    chinese: ClassVar[dict[str, str]] = {
        "the product never says {}": "产品从不说 {}",
    }

    def find(self, survey: Survey) -> Iterator[Problem]:
        for name in survey.site.phrases:
            if name not in BUILT_IN:
                place = survey.site.place("phrases", name, key=True)
                yield self.problem(place, f"the product never says {quote(name)}", did_you_mean(name, BUILT_IN))
