"""A calendar that ``site.yaml`` does not have."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from ivr.check import Check
from ivr.graph import Survey
from ivr.problems import Problem, did_you_mean, quote
from ivr.steps.callback import Callback
from ivr.steps.hours import Hours


class UnknownCalendar(Check):
    """``hours``, ``callback``, a queue's and a channel's ``calendar`` must name an entry of ``calendars``."""

    code = "unknown_calendar"
    needs_names = ("calendars",)
    chinese: ClassVar[dict[str, str]] = {
        "there is no calendar {}": "没有日历 {}",
        "add {} under calendars in site.yaml": "请在 site.yaml 的 calendars 下加上 {}",
    }

    def find(self, survey: Survey) -> Iterator[Problem]:
        site = survey.site
        places = [(step.calendar, step.place("calendar")) for _, step in survey.written() if isinstance(step, Hours)]
        talks = [step for _, step in survey.written() if isinstance(step, Callback) and step.calendar]
        places += [(step.calendar, step.place("calendar")) for step in talks]
        for name, queue in site.queues.items():
            if queue.calendar:
                places.append((queue.calendar, site.place("queues", name, "calendar")))
        for name, channel in site.channels.items():
            if isinstance(channel.options.get("calendar"), str) and channel.options["calendar"]:
                places.append((channel.options["calendar"], site.place("channels", name, "calendar")))
        known = site.unread.known("calendars", site.calendars)
        for name, place in places:
            if name not in known:
                mend = did_you_mean(name, known, f"add {name!r} under calendars in site.yaml")
                yield self.problem(place, f"there is no calendar {quote(name)}", mend)
