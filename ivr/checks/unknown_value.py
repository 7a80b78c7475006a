"""A ``$(...)`` or condition that reads a value nobody sets."""

from __future__ import annotations

from collections.abc import Iterator

from ivr.check import Check
from ivr.expressions import parse
from ivr.fields import Text, is_file
from ivr.graph import Survey
from ivr.problems import Place, Problem, did_you_mean, quote
from ivr.scene import BUILT_IN_NAMES
from ivr.step import Step
from ivr.steps.branch import Branch
from ivr.steps.gather import Gather
from ivr.steps.set import Set
from ivr.templates import parse_template

GIVEN_PREFIXES = ("contact.", "call.")  # the daemon's, given at the start
QUEUE_FACTS = ("waiting",)


class UnknownValue(Check):
    """Names come from ``set``, ``gather``, ``contact.``, ``call.``, ``calendar.NAME`` and ``queue.NAME.waiting``."""

    code = "unknown_value"

    def find(self, survey: Survey) -> Iterator[Problem]:
        known = self._known(survey)
        for _, step in survey.steps():
            for place, name in _reads(step):
                if name not in known and not name.startswith(GIVEN_PREFIXES):
                    yield self.problem(place, f"nobody sets {quote(name)}", did_you_mean(name, known))

    def _known(self, survey: Survey) -> set[str]:
        site = survey.site
        known = set(BUILT_IN_NAMES)
        known.update(f"calendar.{name}" for name in site.calendars)
        known.update(f"queue.{name}.{fact}" for name in site.queues for fact in QUEUE_FACTS)
        for _, step in survey.steps():
            if isinstance(step, Set):
                known.update(step.values)
            elif isinstance(step, Gather):
                known.add(step.name)
        return known


def _reads(step: Step) -> Iterator[tuple[Place, str]]:
    """Every name the step reads, with its place."""
    for loc, text in step.texts():
        yield from ((step.place(*loc, code), name) for code, name in _of_text(text))
    if isinstance(step, Set):
        for key, value in step.values.items():
            if isinstance(value, str):
                yield from ((step.place("values", key), name) for name in _of_template(value))
    if isinstance(step, Branch):
        for index, case in enumerate(step.cases):
            names = sorted(parse(case.when).names())
            yield from ((step.place("cases", index, "when"), name) for name in names)


def _of_text(text: Text) -> Iterator[tuple[str, str]]:
    for code, prompt in text.root.items():
        if not is_file(prompt):
            yield from ((code, name) for name in _of_template(prompt))


def _of_template(source: str) -> list[str]:
    inserts = [part for part in parse_template(source) if not isinstance(part, str)]
    return sorted({name for insert in inserts for name in insert.node.names()})
