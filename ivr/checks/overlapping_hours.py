"""Hours of one day that overlap."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from ivr.calendars import MINUTES, Shift
from ivr.check import Check
from ivr.graph import Survey
from ivr.problems import Problem


class OverlappingHours(Check):
    """Split shifts have a pause between them: an overlap is a time written wrongly, such as an end before its begin."""

    code = "overlapping_hours"
    severity = "warning"
    chinese: ClassVar[dict[str, str]] = {
        "the hours {} overlap {}": "时间段 {} 与 {} 重叠",
        "leave a pause between them, or write one span": "请在两段之间留出间隔，或写成一段",
    }

    def find(self, survey: Survey) -> Iterator[Problem]:
        for name, calendar in survey.site.calendars.items():
            for field, days in (("open", calendar.open), ("except", calendar.exceptions)):
                for day, shifts in days.items():
                    for index, (before, after) in enumerate(zip(shifts, shifts[1:], strict=False), start=1):
                        if after[0] < before[1]:
                            place = survey.site.place("calendars", name, field, str(day), index)
                            text = f"the hours {_span(after)} overlap {_span(before)}"
                            yield self.problem(place, text, "leave a pause between them, or write one span")


def _span(shift: Shift) -> str:
    return "-".join(f"{minute // 60:02d}:{minute % 60:02d}" for minute in (shift[0], (shift[1] - 1) % MINUTES + 1))
