"""``hours``: goes by a calendar of the site."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from ivr.fields import Name, WayField
from ivr.scene import Scene
from ivr.step import Exit, Fail, Go, Move, Next, Step


class Hours(Step):
    """Both media, says nothing. ``open`` is the next step and ``holiday`` goes ``closed``, unless written."""

    verb = "hours"
    short = "calendar"
    EXAMPLE: ClassVar[str] = """
    start:
      - hours: workshop
        closed: shut
        holiday: [say: {zh: 节日快乐！, en: Happy holidays!}, goto: shut]
      - queue: orders
    shut:
      - say: {zh: 现在休息。, en: We are closed.}
      - hangup
    """

    calendar: Name
    closed: WayField
    holiday: WayField | None = None
    open: WayField | None = None

    def enter(self, scene: Scene) -> Move:
        calendar = scene.site.calendars.get(self.calendar)
        if calendar is None:
            return Fail(f"there is no calendar {self.calendar}")
        state = calendar.state(scene.moment)
        way = {"open": self.open, "closed": self.closed, "holiday": self.holiday or self.closed}[state]
        return Go(way, note=state) if way is not None else Next(note=state)

    def exits(self) -> Iterator[Exit]:
        yield Exit("closed", ("closed",), self.closed)
        if self.holiday is not None:
            yield Exit("holiday", ("holiday",), self.holiday)
        yield Exit("open", ("open",), self.open)
