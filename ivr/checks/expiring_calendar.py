"""A calendar that ends soon: its holidays or exceptions are not known further on."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import ClassVar

from ivr.calendars import Calendar, known_until
from ivr.check import Check
from ivr.graph import Survey
from ivr.problems import Problem, quote

AHEAD = timedelta(days=30)


class ExpiringCalendar(Check):
    """Holidays with make-up workdays are announced year by year, and exceptions are dates: somebody must renew both."""

    code = "expiring_calendar"
    severity = "warning"
    chinese: ClassVar[dict[str, str]] = {
        "the calendar {} ended on {}": "日历 {} 已于 {} 到期",
        "the calendar {} ends on {}": "日历 {} 将于 {} 到期",
        "renew it, and move 'until' on": "请更新日历，并改 'until'",
        "the holidays of {} after it are not announced here yet: update "
        "'holidays'": "{} 此后的假日这里还没有：请更新 'holidays'",
        "add the dates to come, or remove 'except'": "请补上以后的日期，或删除 'except'",
    }

    def find(self, survey: Survey) -> Iterator[Problem]:
        if survey.date is None:
            return
        for name, calendar in survey.site.calendars.items():
            for field, last, mend in _ends(calendar, survey.date):
                if last < survey.date + AHEAD:
                    when = f"ended on {last}" if last < survey.date else f"ends on {last}"
                    text = f"the calendar {quote(name)} {when}"
                    yield self.problem(survey.site.place("calendars", name, field, key=True), text, mend)


def _ends(calendar: Calendar, today: date) -> Iterator[tuple[str, date, str]]:
    if calendar.until is not None:
        yield "until", calendar.until, "renew it, and move 'until' on"
    for country in calendar.holidays:
        last = known_until(country, today)
        if last is not None:
            yield "holidays", last, f"the holidays of {country} after it are not announced here yet: update 'holidays'"
    if calendar.exceptions and calendar.until is None and max(calendar.exceptions) < today:
        yield "except", max(calendar.exceptions), "add the dates to come, or remove 'except'"
