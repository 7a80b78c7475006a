"""The router on a clock: commands in, events out, the match after each, deadlines at their instants."""

from __future__ import annotations

from collections.abc import Callable
from heapq import heappop, heappush

from eslapp.core import commands as c
from eslapp.core.commands import Command, Refused
from eslapp.core.events import Event
from eslapp.core.ids import IdSource
from eslapp.core.router import Router
from eslapp.core.world import World, evolve

Watcher = Callable[[Event, World], None]


class Floor:
    """``watch`` is told each event with the world right after it, ``rest`` each world at rest, after a command.

    ``at`` plans something for an instant.
    """

    def __init__(
        self, world: World, ids: IdSource, now: float, watch: Watcher, rest: Callable[[World], None] | None = None
    ) -> None:
        self.world = world
        self.now = now
        self.router = Router(ids)
        self.is_down = False  # the daemon: nothing is offered
        self._watch = watch
        self._rest = rest
        self._plans: list[tuple[float, int, Callable[[], None]]] = []
        self._planned = 0

    def at(self, instant: float, act: Callable[[], None]) -> None:
        """Do it then; plans of one instant in the order they were made."""
        self._planned += 1
        heappush(self._plans, (max(instant, self.now), self._planned, act))

    def ask(self, command: Command) -> list[Event] | Refused:
        """Decide one command, then match until nothing more can be offered."""
        answer = self._decide(command)
        while not self.is_down and self._decide(c.RouteWaiting(at=self.now)):
            pass
        if self._rest is not None:
            self._rest(self.world)
        return answer

    def run(self, until: float) -> None:
        """Let the clock go on."""
        while (instant := self._next_at()) is not None and instant <= until:
            self.now = max(self.now, instant)
            due = self.world.deadlines.due(self.now)
            self.world = self.world.rested(self.now)
            for command in due:
                self.ask(command)
            while self._plans and self._plans[0][0] <= self.now:
                heappop(self._plans)[2]()
        self.now = max(self.now, until)

    def _next_at(self) -> float | None:
        planned = self._plans[0][0] if self._plans else None
        due = self.world.deadlines.next_at()
        return min((one for one in (planned, due) if one is not None), default=None)

    def _decide(self, command: Command) -> list[Event] | Refused:
        answer = self.router.decide(self.world, command)
        if not isinstance(answer, Refused):
            for event in answer:
                self.world = evolve(self.world, event)
                self._watch(event, self.world)
        return answer
