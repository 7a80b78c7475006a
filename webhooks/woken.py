"""A worker's loop: looks for work when it is woken, and now and then without, so a lost wake-up costs seconds only.

Owns: the loop, waking it by events. Not here: the work (``sender``, ``media_worker``, ``people_worker``).
"""

from __future__ import annotations

from collections.abc import Callable

import gevent
from gevent.event import Event as Wakeup

from eslapp.bus import Bus
from eslapp.core.events import Event
from eslapp.log import get_log, spawn
from eslapp.store import StoreError


class Woken:
    """``look()``: do what is due; how many seconds until the next look at the latest (0: at once)."""

    def __init__(self, name: str, look: Callable[[], float], *, pause_s: float) -> None:
        self._name = name
        self._look = look
        self._pause_s = pause_s  # after the store refused
        self._log = get_log(f"webhooks.{name}")
        self._wakeup = Wakeup()
        self._greenlets: list[gevent.Greenlet] = []

    def start(self, bus: Bus | None = None, is_work: Callable[[Event], bool] = lambda event: True) -> None:
        """Work until ``stop``; events of ``bus`` that are work wake it."""
        self._greenlets = [spawn(self._work)]
        if bus is not None:
            self._greenlets.append(spawn(self._listen, bus, is_work))

    def stop(self, timeout: float) -> None:
        """End the loop, wherever it is."""
        gevent.killall(self._greenlets, timeout=timeout)

    def wake(self) -> None:
        """There may be something to do."""
        self._wakeup.set()

    def _listen(self, bus: Bus, is_work: Callable[[Event], bool]) -> None:
        for event in bus.follow(self._name, self.wake):
            if is_work(event):
                self.wake()

    def _work(self) -> None:
        while True:
            self._wakeup.clear()
            try:
                pause = self._look()
            except StoreError as error:
                self._log.warning(f"{self._name}-unreadable", reason=str(error))
                pause = self._pause_s
            if pause > 0:
                self._wakeup.wait(pause)
