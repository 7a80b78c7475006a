"""Hours of one day that overlap."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from ivr.calendars import DAYS, MINUTES, Calendar, Shift
from ivr.check import Check
from ivr.graph import Survey
from ivr.problems import Problem


class OverlappingHours(Check):
    """Split shifts have a pause between them: an overlap is a time written wrongly, such as an end before its begin."""

    code = "overlapping_hours"
    severity = "warning"
    chinese: ClassVar[dict[str, str]] = {
        "the hours {} last until the next day, into {}": "时间段 {} 会持续到第二天，与 {} 重叠",
        "write {} if they changed places": "如果是写反了，请写 {}",
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
            yield from self._over_midnight(survey, name, calendar)

    def _over_midnight(self, survey: Survey, name: str, calendar: Calendar) -> Iterator[Problem]:
        """Hours that last until the next day's have begun: mostly an end and a begin that changed places."""
        for entry, shifts in calendar.open.items():
            days = [day for day in DAYS if calendar.hours_of(day) is shifts]
            following = [one for day in days for one in calendar.hours_of(DAYS[(DAYS.index(day) + 1) % len(DAYS)])]
            for index, shift in enumerate(shifts):
                met = next((one for one in following if one[0] < shift[1] - MINUTES), None)
                if met is not None:
                    place = survey.site.place("calendars", name, "open", entry, index)
                    text = f"the hours {_span(shift)} last until the next day, into {_span(met)}"
                    begin, _, end = _span(shift).partition("-")
                    yield self.problem(place, text, f"write {end}-{begin} if they changed places")


def _span(shift: Shift) -> str:
    return "-".join(f"{minute // 60:02d}:{minute % 60:02d}" for minute in (shift[0], (shift[1] - 1) % MINUTES + 1))
