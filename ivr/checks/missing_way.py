"""A way out that can happen and is not written."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from ivr.check import Check
from ivr.graph import Survey
from ivr.problems import Problem, quote
from ivr.site import Site
from ivr.steps.gather import Gather
from ivr.steps.identify import Identify
from ivr.steps.listen import Listen
from ivr.steps.lookup import Lookup
from ivr.steps.menu import Menu
from ivr.steps.queue import Queue


class MissingWay(Check):
    """Questions say what comes after the last try, queues when they are full or closed, lookups when they fail."""

    code = "missing_way"
    chinese: ClassVar[dict[str, str]] = {
        "{} does not say what happens when nobody answers rightly": "{} 没有说明答错或不答时怎么办",
        "add 'otherwise: SECTION'": "请加上 'otherwise: 段落'",
        "lookup does not say what happens when the system does not answer": "lookup 没有说明系统不应答时怎么办",
        "add 'fails: SECTION'": "请加上 'fails: 段落'",
        "identify does not say where contacts go who cannot be identified": "identify 没有说明无法核实身份的客户去哪里",
        "identify does not say what happens when the code cannot be sent "
        "or the system does not answer": "identify 没有说明验证码发不出或系统不应答时怎么办",
        "the queue {} can be full ({} waiting) and has no way out for "
        "that": "队列 {} 会排满（{} 位），却没有排满时的出口",
        "add 'full: SECTION', or 'overflow' to the queue": "请加上 'full: 段落'，或给队列写 'overflow'",
        "the queue {} closes by its calendar and has no way out for that": "队列 {} 按日历会下班，却没有下班时的出口",
        "add 'closed: SECTION', or 'overflow' to the queue": "请加上 'closed: 段落'，或给队列写 'overflow'",
    }

    def find(self, survey: Survey) -> Iterator[Problem]:
        for _, step in survey.steps():
            if isinstance(step, Menu | Gather | Listen):
                if step.otherwise is None and (step.silence is None or step.invalid is None):
                    text = f"{step.verb} does not say what happens when nobody answers rightly"
                    yield self.problem(step.place(), text, "add 'otherwise: SECTION'")
            elif isinstance(step, Identify):
                yield from self._of_identity(step)
            elif isinstance(step, Lookup) and step.fails is None:
                text = "lookup does not say what happens when the system does not answer"
                yield self.problem(step.place(), text, "add 'fails: SECTION'")
            elif isinstance(step, Queue) and step.otherwise is None:
                yield from self._of_queue(survey.site, step)

    def _of_identity(self, step: Identify) -> Iterator[Problem]:
        if step.otherwise is None and (step.invalid is None or (step.by != "number" and step.silence is None)):
            text = "identify does not say where contacts go who cannot be identified"
            yield self.problem(step.place(), text, "add 'otherwise: SECTION'")
        elif step.rescue() is None:
            text = "identify does not say what happens when the code cannot be sent or the system does not answer"
            yield self.problem(step.place(), text, "add 'fails: SECTION'")

    def _of_queue(self, site: Site, step: Queue) -> Iterator[Problem]:
        settings = site.queues.get(step.name)
        if settings is None or "queues" in site.unread.settings:
            return
        if settings.limit is not None and step.full is None and not settings.overflow.full:
            text = f"the queue {quote(step.name)} can be full ({settings.limit} waiting) and has no way out for that"
            yield self.problem(step.place("name"), text, "add 'full: SECTION', or 'overflow' to the queue")
        if settings.calendar and step.closed is None and not settings.overflow.closed:
            text = f"the queue {quote(step.name)} closes by its calendar and has no way out for that"
            yield self.problem(step.place("name"), text, "add 'closed: SECTION', or 'overflow' to the queue")
