"""A call to the outside that the site does not allow."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from ivr.check import Check
from ivr.filled import names_in
from ivr.graph import Survey
from ivr.outside import is_allowed, number_of
from ivr.problems import Problem, quote
from ivr.steps.callback import Callback
from ivr.steps.transfer import Transfer

_TRUNK = "'trunk: {way: ..., caller_number: ..., allow: [...]}'"


class NumberNotAllowed(Check):
    """``transfer: {number: ...}`` and ``callback`` need ``trunk`` in ``site.yaml``, and a pattern that fits."""

    code = "number_not_allowed"
    needs_settings = ("trunk",)
    chinese: ClassVar[dict[str, str]] = {
        "nobody can be called back: the site has no way to the outside": "无法回拨：站点没有外线",
        "add {} in site.yaml": "请在 site.yaml 里加上 {}",
        "nobody outside can be called: the site has no way to the outside": "无法呼叫外部：站点没有外线",
        "the number {} is not allowed": "不允许呼叫号码 {}",
        "add {}, or a pattern for it, under trunk: allow in site.yaml": (
            "请在 site.yaml 的 trunk: allow 里加上 {} 或对应的样式"
        ),
    }

    def find(self, survey: Survey) -> Iterator[Problem]:
        trunk = survey.site.trunk
        for _, step in survey.written():
            if isinstance(step, Callback) and trunk is None:
                text = "nobody can be called back: the site has no way to the outside"
                yield self.problem(step.place(), text, f"add {_TRUNK} in site.yaml")
            if not isinstance(step, Transfer) or not step.number:
                continue
            if trunk is None:
                text = "nobody outside can be called: the site has no way to the outside"
                yield self.problem(step.place("number"), text, f"add {_TRUNK} in site.yaml")
            elif not any(names_in(step.number)) and not is_allowed(number_of(step.number), trunk.allow):
                text = f"the number {quote(step.number)} is not allowed"
                mend = f"add '{number_of(step.number)}', or a pattern for it, under trunk: allow in site.yaml"
                yield self.problem(step.place("number"), text, mend)
