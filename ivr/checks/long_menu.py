"""A menu nobody can remember."""

from __future__ import annotations

from collections.abc import Iterator

from ivr.check import Check
from ivr.fields import AGAIN
from ivr.graph import Survey
from ivr.problems import Problem
from ivr.steps.menu import Menu

MOST_OPTIONS = 5


class LongMenu(Check):
    """Five choices at most (a key that only repeats the menu does not count)."""

    code = "long_menu"
    severity = "warning"

    def find(self, survey: Survey) -> Iterator[Problem]:
        for _, step in survey.steps():
            if isinstance(step, Menu):
                choices = [key for key, way in step.keys.items() if way.text != AGAIN]
                if len(choices) > MOST_OPTIONS:
                    text = f"the menu has {len(choices)} choices, callers remember {MOST_OPTIONS}"
                    place = step.place("keys", choices[MOST_OPTIONS], key=True)
                    yield self.problem(place, text, "put the rarer ones into a second menu")
