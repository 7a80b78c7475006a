"""Queues whose overflows lead in a circle."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from ivr.check import Check
from ivr.graph import Survey
from ivr.overflow import REASON_OF
from ivr.problems import Problem, quote
from ivr.site import Site

SETTING_OF = {reason: name for name, reason in REASON_OF.items()}


class OverflowLoop(Check):
    """Who is sent from queue to queue must not come back: full here, full there, and nobody ever decides."""

    code = "overflow_loop"
    chinese: ClassVar[dict[str, str]] = {
        "who overflows from queue {} comes back to it: {}": "从队列 {} 溢出的客户又回到了它：{}",
        "end it somewhere: callback, voicemail, {say: ...} or {go: ...}": "请改用回拨、留言、{say: ...} 等结束",
    }

    def find(self, survey: Survey) -> Iterator[Problem]:
        site = survey.site
        for name, queue in site.queues.items():
            for reason, by in queue.overflow.ways().items():
                for circle in sorted({self._circle(site, name, reason, medium) for medium in by} - {""}):
                    place = site.place("queues", name, "overflow", SETTING_OF[reason])
                    text = f"who overflows from queue {quote(name)} comes back to it: {circle}"
                    yield self.problem(place, text, "end it somewhere: callback, voicemail, {say: ...} or {go: ...}")

    def _circle(self, site: Site, start: str, reason: str, medium: str) -> str:
        """The way back to ``start`` for one reason, ``""`` where it ends."""
        seen, name = [start], site.queues[start].overflow.queue_for(reason, medium)
        while name in site.queues and name not in seen:
            seen.append(name)
            name = site.queues[name].overflow.queue_for(reason, medium)
        return " -> ".join([*seen, name]) if name == start else ""
