"""A menu nobody can remember."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from ivr.check import Check
from ivr.fields import AGAIN
from ivr.graph import Survey
from ivr.problems import Problem
from ivr.step import Step
from ivr.steps.faq import Faq
from ivr.steps.menu import Menu


class LongMenu(Check):
    """Five choices at most, or ``limits: {options: ...}`` (a key that only repeats the menu does not count)."""

    code = "long_menu"
    severity = "warning"
    chinese: ClassVar[dict[str, str]] = {
        "the menu has {} choices, callers remember {}": "菜单有 {} 个选项，来电者记得住 {} 个",
        "put the rarer ones into a second menu": "请把少用的放进第二级菜单",
    }

    def find(self, survey: Survey) -> Iterator[Problem]:
        most = survey.site.limits.options
        for _, step in survey.written():
            choices = _choices(step)
            if len(choices) > most:
                text = f"the menu has {len(choices)} choices, callers remember {most}"
                yield self.problem(step.place(*choices[most], key=True), text, "put the rarer ones into a second menu")


def _choices(step: Step) -> list[tuple[str, str]]:
    """Where each stands; of ``faq`` the articles that callers choose by key."""
    if isinstance(step, Menu):
        keys = [("keys", key) for key, way in step.keys.items() if way.text != AGAIN]
        return [*keys, *(("words", name) for name in step.by_word)]
    return [("keys", key) for key in step.keys] if isinstance(step, Faq) else []
