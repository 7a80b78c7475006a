"""Tells the router when a queue's calendar opens and closes it, and has those looked at who wait where nobody is.

Owns: looking at the calendars. Not here: what becomes of who waits (``core.decisions.overflowing``), what a calendar
says (``ivr.calendars``).
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import gevent

from eslapp.bus import Bus
from eslapp.clock import Clock
from eslapp.core import commands as ask
from eslapp.log import get_log
from ivr.site import Site

log = get_log("opening_hours")

EVERY_S = 5.0


class OpeningHours:
    """One per daemon. ``look`` once before the first call comes."""

    def __init__(self, *, bus: Bus, world: Callable[[], Any], site: Callable[[], Site], clock: Clock) -> None:
        self._bus = bus
        self._world = world
        self._site = site
        self._clock = clock

    def run(self) -> None:
        """Look every few seconds until killed."""
        while True:
            gevent.sleep(EVERY_S)
            try:
                self.look()
            except Exception:  # the boundary of a look: the next one comes
                log.exception("opening-hours-failed")

    def look(self) -> None:
        """One look at every queue."""
        site = self._site()
        for name in site.queues:
            self._open_or_close(site, name)
            self._review(name)

    def closed_ones(self) -> list[ask.SetOpening]:
        """What a router that knows of no hours is told before it offers anything."""
        site, now = self._site(), self._clock()
        names = (name for name in site.queues if not self.is_open(site, name))
        return [ask.SetOpening(at=now, queue=name, is_open=False) for name in names]

    def _open_or_close(self, site: Site, name: str) -> None:
        is_open = self.is_open(site, name)
        if (name in self._world().closed) == is_open:
            log.info("queue-opens" if is_open else "queue-closes", queue=name)
            self._bus.submit(ask.SetOpening(at=self._clock(), queue=name, is_open=is_open))

    def is_open(self, site: Site, name: str) -> bool:
        """Whether the queue's calendar says open now; a queue without one is always open."""
        calendar = site.calendars.get(site.queues[name].calendar)
        moment = datetime.fromtimestamp(self._clock(), ZoneInfo(site.timezone))
        return calendar is None or calendar.state(moment) == "open"

    def _review(self, name: str) -> None:
        """Some at a time, until nobody has to be sent on any more."""
        while self._world().lines.waiting(name) and self._bus.submit(ask.ReviewQueue(at=self._clock(), queue=name)):
            gevent.sleep(0)
