"""A way out of a queue that nobody ever goes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from ivr.check import Check
from ivr.graph import Survey
from ivr.problems import Problem, quote
from ivr.steps.queue import Queue


class NeverHappens(Check):
    """``full`` needs a queue with a ``limit``, ``closed`` one with a ``calendar``: whoever wrote them counts on it."""

    code = "never_happens"
    severity = "warning"
    needs_names = ("queues",)
    chinese: ClassVar[dict[str, str]] = {
        "the queue {} is never full: it has no limit": "队列 {} 没有上限，永远不会满",
        "give it 'limit: 50' under queues in site.yaml, or remove 'full'": (
            "请在 site.yaml 的 queues 下给它加上 'limit: 50'，或删除 'full'"
        ),
        "the queue {} is never closed: it has no calendar": "队列 {} 没有日历，永远不会休息",
        "give it 'calendar: ...' under queues in site.yaml, or remove 'closed'": (
            "请在 site.yaml 的 queues 下给它加上 'calendar: ...'，或删除 'closed'"
        ),
    }

    def find(self, survey: Survey) -> Iterator[Problem]:
        site = survey.site
        for _, step in survey.steps():
            settings = site.queues.get(step.name) if isinstance(step, Queue) else None
            if not isinstance(step, Queue) or settings is None or not site.unread.is_whole("queues", step.name):
                continue
            if step.full is not None and settings.limit is None:
                text = f"the queue {quote(step.name)} is never full: it has no limit"
                mend = "give it 'limit: 50' under queues in site.yaml, or remove 'full'"
                yield self.problem(step.place("full"), text, mend)
            if step.closed is not None and not settings.calendar:
                text = f"the queue {quote(step.name)} is never closed: it has no calendar"
                mend = "give it 'calendar: ...' under queues in site.yaml, or remove 'closed'"
                yield self.problem(step.place("closed"), text, mend)
