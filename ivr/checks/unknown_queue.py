"""A queue that ``site.yaml`` does not have."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from ivr.check import Check
from ivr.graph import Survey
from ivr.overflow import REASON_OF
from ivr.problems import Problem, did_you_mean, quote
from ivr.steps.callback import Callback
from ivr.steps.queue import Queue
from ivr.steps.voicemail import Voicemail


class UnknownQueue(Check):
    """``queue``, ``voicemail``, ``callback``, ``overflow`` and ``fallback`` must name an entry of ``queues``."""

    code = "unknown_queue"
    needs_names = ("queues",)
    chinese: ClassVar[dict[str, str]] = {
        "there is no queue {}": "没有队列 {}",
        "add {} under queues in site.yaml": "请在 site.yaml 的 queues 下加上 {}",
    }

    def find(self, survey: Survey) -> Iterator[Problem]:
        site = survey.site
        places = [(step.name, step.place("name")) for _, step in survey.written() if isinstance(step, Queue)]
        into = [step for _, step in survey.written() if isinstance(step, Voicemail | Callback)]
        places += [(step.queue, step.place("queue")) for step in into]
        for name, queue in site.queues.items():
            for setting in REASON_OF:
                for one in getattr(queue.overflow, setting).values():
                    if one.queue:
                        places.append((one.queue, site.place("queues", name, "overflow", setting)))
        places = list(dict.fromkeys(places))
        if site.fallback.queue:
            places.append((site.fallback.queue, site.place("fallback", "queue")))
        known = site.unread.known("queues", site.queues)
        for name, place in places:
            if name not in known:
                mend = did_you_mean(name, known, f"add {name!r} under queues in site.yaml")
                yield self.problem(place, f"there is no queue {quote(name)}", mend)
