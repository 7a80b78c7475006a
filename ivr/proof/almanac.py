"""Which calendars are open together, and when: so that no path supposes an hour that never comes.

Owns: the vectors of calendar states that really occur, with an hour for each. Not here: choosing (``world``).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from ivr.session import Value
from ivr.site import Site

CALENDAR = "calendar."
FIRST_DAY, DAYS = date(2026, 11, 25), 400  # a Wednesday and a good year
MINUTES = (10 * 60, 0, 7 * 60, 9 * 60 + 40, 12 * 60 + 30, 15 * 60, 17 * 60 + 45, 20 * 60 + 30, 23 * 60 + 30)


class Almanac:
    """The calendars of one site."""

    def __init__(self, site: Site) -> None:
        self._zone = ZoneInfo(site.timezone)
        self._names = tuple(site.calendars)
        self._hours: dict[tuple[str, ...], datetime] = {}
        for number in range(DAYS):
            today = FIRST_DAY + timedelta(days=number)
            rows = [calendar.states_on(today, MINUTES) for calendar in site.calendars.values()]
            for minute, vector in zip(MINUTES, zip(*rows, strict=True) if rows else [()] * len(MINUTES), strict=True):
                now = datetime.combine(today, datetime.min.time()) + timedelta(minutes=minute)
                self._hours.setdefault(vector, now)

    def states(self, name: str, known: Mapping[str, Value]) -> tuple[Value, ...]:
        """The states ``name`` can be in where the others are as ``known`` says; "open" first."""
        place = self._names.index(name)
        found = {vector[place] for vector in self._hours if self._agrees(vector, known)}
        return tuple(state for state in ("open", "closed", "holiday") if state in found)

    def hour(self, known: Mapping[str, Value]) -> float | None:
        """An hour at which it is so, UTC seconds."""
        fitting = [now for vector, now in self._hours.items() if self._agrees(vector, known)]
        return fitting[0].replace(tzinfo=self._zone).timestamp() if fitting else None

    def _agrees(self, vector: tuple[str, ...], known: Mapping[str, Value]) -> bool:
        pairs = zip(self._names, vector, strict=True)
        return all(known.get(CALENDAR + name, state) == state for name, state in pairs)


@lru_cache(maxsize=8)
def _almanac(revision: str, key: _Site) -> Almanac:
    return Almanac(key.site)


class _Site:
    """A site as a key: its revision says all."""

    def __init__(self, site: Site) -> None:
        self.site = site

    def __hash__(self) -> int:
        return hash(self.site.revision)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Site) and other.site.revision == self.site.revision


def almanac_of(site: Site) -> Almanac:
    """The site's almanac, made once per revision."""
    return _almanac(site.revision, _Site(site))
