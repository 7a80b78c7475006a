"""Calendars: split shifts, exceptions, nights, time zones, and China's holidays against the announced lists."""

from datetime import date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ivr.calendars import Calendar, day_kind, local_time

SHOP = Calendar.model_validate(
    {
        "open": {"mon-fri": ["09:00-12:00", "13:30-18:00"], "sat": "10:00-16:00"},
        "holidays": "CN",
        "except": {"2026-12-31": "closed", "2026-10-02": ["10:00-11:00"]},
    }
)


@pytest.mark.parametrize(
    "moment, state",
    [
        ("2026-11-25 08:59", "closed"),
        ("2026-11-25 09:00", "open"),
        ("2026-11-25 11:59", "open"),
        ("2026-11-25 12:00", "closed"),  # lunch
        ("2026-11-25 13:30", "open"),
        ("2026-11-25 18:00", "closed"),
        ("2026-11-28 10:00", "open"),  # Saturday
        ("2026-11-29 10:00", "closed"),  # Sunday
        ("2026-10-01 10:00", "holiday"),
        ("2026-10-02 10:30", "open"),  # an exception wins over the holiday
        ("2026-10-02 12:00", "closed"),
        ("2026-12-31 10:00", "closed"),
        ("2026-09-20 10:00", "open"),  # a Sunday worked for the National Day: Monday's hours
        ("2026-09-20 12:30", "closed"),
        ("2026-10-10 17:00", "open"),  # a Saturday worked: not Saturday's hours
    ],
)
def test_a_shop_in_china(moment: str, state: str) -> None:
    assert SHOP.state(datetime.fromisoformat(moment)) == state


# Holidays and make-up workdays of 2025 and 2026 as announced by the State Council (first to last day off, worked days).
ANNOUNCED = [
    (date(2025, 1, 1), date(2025, 1, 1), []),
    (date(2025, 1, 28), date(2025, 2, 4), [date(2025, 1, 26), date(2025, 2, 8)]),
    (date(2025, 4, 4), date(2025, 4, 6), []),
    (date(2025, 5, 1), date(2025, 5, 5), [date(2025, 4, 27)]),
    (date(2025, 5, 31), date(2025, 6, 2), []),
    (date(2025, 10, 1), date(2025, 10, 8), [date(2025, 9, 28), date(2025, 10, 11)]),
    (date(2026, 1, 1), date(2026, 1, 3), [date(2026, 1, 4)]),
    (date(2026, 2, 15), date(2026, 2, 23), [date(2026, 2, 14), date(2026, 2, 28)]),
    (date(2026, 4, 4), date(2026, 4, 6), []),
    (date(2026, 5, 1), date(2026, 5, 5), [date(2026, 5, 9)]),
    (date(2026, 6, 19), date(2026, 6, 21), []),
    (date(2026, 9, 25), date(2026, 9, 27), []),
    (date(2026, 10, 1), date(2026, 10, 7), [date(2026, 9, 20), date(2026, 10, 10)]),
]


@pytest.mark.parametrize("first, last, worked", ANNOUNCED, ids=lambda value: str(value))
def test_chinas_announced_holidays(first: date, last: date, worked: list[date]) -> None:
    days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    assert [day_kind("CN", day) for day in days] == ["holiday"] * len(days)
    assert [day_kind("CN", day) for day in worked] == ["makeup"] * len(worked)


@pytest.mark.parametrize("year", [2025, 2026])
def test_all_other_days_of_the_year_are_ordinary(year: int) -> None:
    special = {first + timedelta(days=n) for first, last, _ in ANNOUNCED for n in range((last - first).days + 1)}
    special |= {day for _, _, worked in ANNOUNCED for day in worked}
    days = [date(year, 1, 1) + timedelta(days=n) for n in range(365)]
    assert [day for day in days if day not in special and day_kind("CN", day)] == []


def test_nights_midnight_and_daily_hours() -> None:
    night = Calendar.model_validate({"open": {"fri": "22:00-06:00", "sun": "00:00-24:00"}})
    assert night.state(datetime(2026, 11, 27, 23, 0)) == "open"
    assert night.state(datetime(2026, 11, 28, 5, 59)) == "open"  # Saturday morning, Friday's shift
    assert night.state(datetime(2026, 11, 28, 6, 0)) == "closed"
    assert night.state(datetime(2026, 11, 29, 23, 59)) == "open"
    assert night.state(datetime(2026, 11, 30, 0, 0)) == "closed"
    always = Calendar.model_validate({"open": {"daily": ["00:00-24:00"]}})
    assert always.state(datetime(2026, 10, 1, 3, 0)) == "open"


def test_makeup_days_may_have_their_own_hours() -> None:
    own = Calendar.model_validate({"open": {"mon-fri": "09:00-18:00", "makeup": "10:00-12:00"}, "holidays": ["CN"]})
    assert own.state(datetime(2026, 9, 20, 11, 0)) == "open"
    assert own.state(datetime(2026, 9, 20, 15, 0)) == "closed"


def test_instants_are_read_in_the_sites_timezone() -> None:
    assert local_time(1795572000.0, "Asia/Shanghai").strftime("%a %H:%M") == "Wed 10:00"
    assert local_time(1795572000.0, "America/New_York").strftime("%a %H:%M") == "Tue 21:00"


@settings(max_examples=100, deadline=None)
@given(st.datetimes(datetime(2000, 1, 1), datetime(2040, 1, 1)))
def test_any_moment_has_a_state(moment: datetime) -> None:
    assert SHOP.state(moment) in ("open", "closed", "holiday")
