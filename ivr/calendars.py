"""When something is open: split shifts, holidays, make-up workdays, exceptions.

Owns: the calendar's words in ``site.yaml`` and the answer for an instant.
Not here: what a flow does then (``steps.hours``).

Everything is a table looked up by date: nothing here asks what time it is. China's public holidays move working
days onto weekends (调休): such a day has the hours of ``makeup`` where written, else Monday's. A weekend day that
touches a public holiday belongs to the holiday, as the State Council announces it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import Annotated, Any, Literal, Self
from zoneinfo import ZoneInfo

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, PlainValidator, WithJsonSchema, model_validator

from .fields import ONE_OR_MORE, Text, as_list, refuse
from .problems import did_you_mean, quote

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
MAKEUP, DAILY = "makeup", "daily"
MINUTES = 24 * 60
OPEN, CLOSED, HOLIDAY = "open", "closed", "holiday"
_RUN_BOUND = 4  # a weekend is shorter

_SHIFT = re.compile(r"([01]?[0-9]|2[0-4]):([0-5][0-9])\s*-\s*([01]?[0-9]|2[0-4]):([0-5][0-9])")
Shift = tuple[int, int]  # minutes after midnight; the end may lie on the next day
State = Literal["open", "closed", "holiday"]


def _to_shift(value: Any) -> Shift:
    match = _SHIFT.fullmatch(value.strip()) if isinstance(value, str) else None
    if match is None:
        raise refuse(f"{quote(value)} is not a time span", "write it like 09:00-18:00")
    begin, end = int(match[1]) * 60 + int(match[2]), int(match[3]) * 60 + int(match[4])
    if begin >= MINUTES or end > MINUTES or begin == end:
        raise refuse(f"{quote(value)} is not a time span", "from 00:00 to 24:00, and not empty")
    return begin, end if end > begin else end + MINUTES


def _to_list(value: Any) -> Any:
    if value == CLOSED:
        return []
    return [value] if isinstance(value, str) else value


def _to_days(value: Any) -> str:
    if value in (DAILY, MAKEUP) or all(_days_of_part(part) for part in str(value).split(",")):
        return str(value)
    raise refuse(f"{quote(value)} is not a day", "write mon, mon-fri, sat,sun, daily or makeup")


def _days_of_part(part: str) -> tuple[str, ...]:
    first, _, last = part.strip().partition("-")
    if first not in DAYS or (last and last not in DAYS):
        return ()
    begin, end = DAYS.index(first), DAYS.index(last or first)
    return DAYS[begin : end + 1] if end >= begin else (*DAYS[begin:], *DAYS[: end + 1])


def _to_date(value: Any) -> date:
    try:
        return date.fromisoformat(str(value))
    except ValueError as error:
        raise refuse(f"{quote(value)} is not a date", "write it like 2026-12-31") from error


def _to_country(value: Any) -> str:
    from holidays import list_supported_countries

    known = list_supported_countries(include_aliases=False)
    if not isinstance(value, str) or value not in known:
        raise refuse(f"no holidays are known for {quote(value)}", did_you_mean(str(value), known, "write CN, US, ..."))
    return value


ShiftField = Annotated[
    Shift, PlainValidator(_to_shift), WithJsonSchema({"type": "string", "examples": ["09:00-18:00"]})
]
_SHIFT_SCHEMA = {"type": "string", "examples": ["09:00-18:00"]}
Shifts = Annotated[
    list[ShiftField],
    BeforeValidator(_to_list),
    WithJsonSchema({"anyOf": [_SHIFT_SCHEMA, {"type": "array", "items": _SHIFT_SCHEMA}]}),
]
_DAY = f"({'|'.join(DAYS)})"
_DAY_PATTERN = rf"^({DAILY}|{MAKEUP}|{_DAY}(-{_DAY})?( *, *{_DAY}(-{_DAY})?)*)$"
DayField = Annotated[str, PlainValidator(_to_days), WithJsonSchema({"type": "string", "pattern": _DAY_PATTERN})]
DateField = Annotated[date, PlainValidator(_to_date), WithJsonSchema({"type": "string", "format": "date"})]
CountryField = Annotated[str, PlainValidator(_to_country), WithJsonSchema({"type": "string", "examples": ["CN"]})]


class Calendar(BaseModel):
    """One calendar of ``site.yaml``: ``{open: {mon-fri: [09:00-12:00, 13:30-18:00]}, holidays: CN}``."""

    model_config = ConfigDict(extra="forbid")

    open: dict[DayField, Shifts] = Field(min_length=1)
    holidays: Annotated[list[CountryField], BeforeValidator(as_list), ONE_OR_MORE] = []
    exceptions: dict[DateField, Shifts] = Field(default={}, alias="except")
    closed: Text | None = None  # what people who write outside the hours are told
    until: DateField | None = None  # the last day somebody has looked at; ``check`` warns before it

    @model_validator(mode="after")
    def _one_meaning_per_day(self) -> Self:
        named: list[str] = []
        for entry in self.open:
            named += (
                [] if entry in (DAILY, MAKEUP) else [day for part in entry.split(",") for day in _days_of_part(part)]
            )
        twice = sorted({day for day in named if named.count(day) > 1})
        if twice:
            raise refuse(f"{', '.join(twice)} has hours in two lines", "put all hours of a day in one line")
        return self

    def hours_of(self, day: str) -> list[Shift]:
        """The weekly hours of "mon".."sun" or "makeup"."""
        for entry, shifts in self.open.items():
            if entry == day or (
                entry not in (DAILY, MAKEUP) and any(day in _days_of_part(p) for p in entry.split(","))
            ):
                return shifts
        if day == MAKEUP:
            return self.hours_of("mon")
        return self.open.get(DAILY, [])

    def shifts_on(self, day: date) -> list[Shift]:
        """The hours of one date, everything considered."""
        if day in self.exceptions:
            return self.exceptions[day]
        kinds = [day_kind(country, day) for country in self.holidays]
        if HOLIDAY in kinds:
            return []
        return self.hours_of(MAKEUP if MAKEUP in kinds else DAYS[day.weekday()])

    def state(self, now: datetime) -> State:
        """What a door would say at the local time ``now``."""
        return self.states_on(now.date(), (now.hour * 60 + now.minute,))[0]

    def states_on(self, day: date, minutes: Iterable[int]) -> list[State]:
        """The same of several minutes of one day."""
        from_yesterday = [(begin - MINUTES, end - MINUTES) for begin, end in self.shifts_on(day - timedelta(days=1))]
        shifts = [*self.shifts_on(day), *from_yesterday]
        is_holiday = day not in self.exceptions and any(day_kind(name, day) == HOLIDAY for name in self.holidays)
        shut: State = "holiday" if is_holiday else "closed"
        return ["open" if any(begin <= minute < end for begin, end in shifts) else shut for minute in minutes]


@lru_cache(maxsize=4096)
def day_kind(country: str, day: date) -> str:
    """ "holiday", "makeup" (a working weekend day) or "" for an ordinary day."""
    if day in _makeup_days(country, day.year):
        return MAKEUP
    if _is_listed(country, day):
        return HOLIDAY
    return HOLIDAY if country == "CN" and day.weekday() >= 5 and _touches_holiday(country, day) else ""


def _touches_holiday(country: str, day: date) -> bool:
    for step in (-1, 1):
        for distance in range(1, _RUN_BOUND):
            near = day + timedelta(days=step * distance)
            if near in _makeup_days(country, near.year):
                break
            if _is_listed(country, near):
                return True
            if near.weekday() < 5:
                break
    return False


def _is_listed(country: str, day: date) -> bool:
    return day in _table(country, day.year)


def _makeup_days(country: str, year: int) -> frozenset[date]:
    return frozenset(getattr(_table(country, year), "weekend_workdays", ()))


def known_until(country: str, today: date) -> date | None:
    """The last day for which make-up workdays are announced; None where a country has none."""
    years = [day.year for year in range(today.year - 2, today.year + 3) for day in _makeup_days(country, year)]
    return date(max(years), 12, 31) if years else None


@lru_cache(maxsize=64)
def _table(country: str, year: int) -> Any:
    from holidays import country_holidays

    return country_holidays(country, years=year, expand=False)


def local_time(at: float, timezone: str) -> datetime:
    """UTC seconds as the site's local time."""
    return datetime.fromtimestamp(at, UTC).astimezone(ZoneInfo(timezone))


def is_known_state(calendar: Calendar | None, now: datetime) -> str | None:
    """The state of a calendar that may not exist."""
    return calendar.state(now) if calendar is not None else None
