"""What a batch of commands would lead to: decided on a draft, nothing kept yet.

Owns: one command's way to its answer (``Asked``), the boundary around each command, yielding to the hub in between.
Not here: keeping and adopting a draft (``dispatcher``), the decisions themselves (``eslapp.core.router``).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from time import perf_counter

import gevent
from gevent.event import AsyncResult

from eslapp.clock import Clock
from eslapp.core.commands import Command, Refused, RouteWaiting
from eslapp.core.events import Event
from eslapp.core.router import Router
from eslapp.core.world import World, evolve_all
from eslapp.ids import IdSource
from eslapp.log import get_log

log = get_log("dispatcher")

SLICE_S = 0.003  # how long the hub is held at a stretch

Answer = list[Event] | Refused


class Asked:
    """One command on its way to its answer."""

    __slots__ = ("answer", "command", "error", "result")

    def __init__(self, command: Command) -> None:
        self.command = command
        self.answer: Answer = []
        self.error: Exception | None = None
        self.result: AsyncResult = AsyncResult()

    @property
    def asks_for_match(self) -> bool:
        """Whether it only wants the lines looked at, which every draft does at its end."""
        return isinstance(self.command, RouteWaiting)

    @property
    def is_idle(self) -> bool:
        """Whether it changed nothing although it had to: a timer of a deadline that is not there."""
        return not self.asks_for_match and (self.error is not None or not self.answer)

    def settle(self) -> None:
        """Wake whoever asked."""
        if self.error is not None:
            self.result.set_exception(self.error)
        else:
            self.result.set(self.answer)


@dataclass(frozen=True, slots=True)
class Draft:
    """A world that would be, and the events that lead to it."""

    world: World
    events: tuple[Event, ...] = ()

    def then(self, events: Iterable[Event]) -> Draft:
        """With these events, too."""
        more = tuple(events)
        return Draft(evolve_all(self.world, more), self.events + more)


class Drafter:
    """Decides batches. Holds no state but the count of our mistakes."""

    def __init__(self, ids: IdSource, clock: Clock, counts: Counter[str]) -> None:
        self._router = Router(ids)
        self._clock = clock
        self._counts = counts

    def decide(self, draft: Draft, batch: Iterable[Asked]) -> Draft:
        """Each command on the draft its predecessors led to; the answers are in the batch."""
        started = perf_counter()
        for asked in batch:
            if not asked.asks_for_match:
                draft = self._decide_one(draft, asked)
            if perf_counter() - started > SLICE_S:
                gevent.sleep(0)
                started = perf_counter()
        return draft

    def match(self, draft: Draft) -> Draft:
        """One pass over the lines: at most ``rules.offers_per_pass`` offers."""
        gevent.sleep(0)
        try:
            made = self._router.decide(draft.world, RouteWaiting(at=self._clock()))
            return draft if isinstance(made, Refused) else draft.then(made)
        except Exception:  # the boundary of a pass: commands must go on being answered
            log.exception("match-mistake")
            self._counts["mistake"] += 1
            return draft

    def _decide_one(self, draft: Draft, asked: Asked) -> Draft:
        try:
            asked.answer = self._router.decide(draft.world, asked.command)
            return draft if isinstance(asked.answer, Refused) else draft.then(asked.answer)
        except Exception as error:  # the boundary of a command: its mistake is told to its caller only
            log.exception("command-mistake", command=type(asked.command).__name__)
            self._counts["mistake"] += 1
            asked.error = error
            return draft
