"""An urgency that makes no difference."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from ivr.check import Check
from ivr.graph import Survey
from ivr.problems import Problem, did_you_mean, quote
from ivr.steps.queue import Queue


class UnknownUrgency(Check):
    """The ``urgency`` of a queue step must be one of the queue's ``headstart``."""

    code = "unknown_urgency"
    chinese: ClassVar[dict[str, str]] = {
        "queue {} gives no head start for the urgency {}": "队列 {} 没有为紧急程度 {} 设提前量",
        "add {} to the queue's headstart, under urgency": "请把 {} 加进该队列的 headstart 的 urgency",
    }

    def find(self, survey: Survey) -> Iterator[Problem]:
        for _, step in survey.written():
            queue = survey.site.queues.get(step.name) if isinstance(step, Queue) and step.urgency else None
            if queue is None or not isinstance(step, Queue) or step.urgency in queue.head_start.urgency:
                continue
            word, known = step.urgency or "", queue.head_start.urgency
            mend = did_you_mean(word, known, f"add {word} to the queue's headstart, under urgency")
            place = step.place("urgency")
            yield self.problem(
                place, f"queue {quote(step.name)} gives no head start for the urgency {quote(word)}", mend
            )
