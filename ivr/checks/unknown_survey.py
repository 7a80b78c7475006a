"""A survey that ``site.yaml`` does not have."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from ivr.check import Check
from ivr.graph import Survey
from ivr.problems import Problem, did_you_mean, quote
from ivr.steps.survey import Survey as SurveyStep


class UnknownSurvey(Check):
    """``survey`` must name an entry of ``surveys``."""

    code = "unknown_survey"
    needs_names = ("surveys",)
    chinese: ClassVar[dict[str, str]] = {
        "there is no survey {}": "没有评价 {}",
        "add {} under surveys in site.yaml": "请在 site.yaml 的 surveys 下加上 {}",
    }

    def find(self, survey: Survey) -> Iterator[Problem]:
        known = survey.site.unread.known("surveys", survey.site.surveys)
        for _, step in survey.written():
            if isinstance(step, SurveyStep) and step.name not in known:
                mend = did_you_mean(step.name, known, f"add {step.name!r} under surveys in site.yaml")
                yield self.problem(step.place("name"), f"there is no survey {quote(step.name)}", mend)
