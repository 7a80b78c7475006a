"""The dispatcher: the single owner of agents, queues and offers.

Owns: the world in memory, the order of commands, their commit and the timers. One greenlet takes what was asked
meanwhile, decides it on a draft of the world, writes events and rows in ONE transaction, and only then adopts the
draft; the store publishes what was committed. A failed commit leaves everything as it was. Timers are deadlines of the
world, so they are simply there again after a restart.

Not here: the decisions (``eslapp.core``), the SQL (``eslapp.store``), the switch (``voice_offers``).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from time import perf_counter

import gevent
from gevent.event import AsyncResult
from gevent.event import Event as Signal
from gevent.queue import Empty, Queue

from eslapp.bus import Bus
from eslapp.clock import Clock
from eslapp.core import model
from eslapp.core.commands import Command, Refused, RouteWaiting, SetPhone
from eslapp.core.events import Event
from eslapp.core.router import Router
from eslapp.core.settings import Rules, Settings
from eslapp.core.world import World, build, evolve_all
from eslapp.ids import IdSource
from eslapp.log import get_log, spawn
from eslapp.store import StaleEpoch, Store, StoreError, StoreUnavailable, projection
from eslapp.store.errors import CommitUncertain

from .world_rows import load_world

log = get_log("dispatcher")

ASKED_MAX = 10_000  # commands waiting; more are refused
BATCH_MAX = 50  # commands in one transaction
ANSWER_S = 45.0  # longer than the store's own limit
TICK_S = 1.0  # the longest sleep
PAUSE_S = 0.25  # after a failure, before trying again
SLICE_S = 0.003  # how long the hub is held at a stretch

NOT_RUNNING = "the dispatcher is not running"

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
    def is_idle(self) -> bool:
        """Whether it changed nothing although it had to: a timer of a deadline that is not there."""
        return not isinstance(self.command, RouteWaiting) and (self.error is not None or not self.answer)

    def settle(self) -> None:
        """Wake whoever asked."""
        if self.error is not None:
            self.result.set_exception(self.error)
        else:
            self.result.set(self.answer)


class Dispatcher:
    """``start()`` before the first ``submit()``. ``world`` is a snapshot that anybody may read at any time."""

    def __init__(
        self,
        store: Store,
        bus: Bus,
        clock: Clock,
        ids: IdSource,
        queues: Mapping[str, model.Queue],
        agents: Mapping[str, model.Agent],
        *,
        rules: Rules | None = None,
        revision: str = "",
    ) -> None:
        self._store = store
        self._bus = bus
        self._clock = clock
        self._router = Router(ids)
        self._settings = Settings(dict(queues), dict(agents), rules or Rules(), revision)
        self._asked: Queue = Queue()
        self._owner: gevent.Greenlet | None = None
        self._is_ending = False
        self._may_match = True  # something has changed since the last look at the lines
        self._must_reload = False  # the rows may differ from the world
        self.world: World = build(self._settings)
        self.counts: Counter[str] = Counter()  # mistake, failed, not-kept, reload, timer: for metrics and the doctor
        self.lost = Signal()  # set when a newer daemon has taken over: end this one

    def start(self) -> None:
        """Load the world from the rows, tell the bus who decides, begin.

        Phones count as unregistered until the switch says otherwise: they may be gone since.
        """
        self.world = self._load()
        self._owner = spawn(self._run)
        self._bus.attach(self.submit)
        for agent in list(self.world.agents.values()):
            if agent.phone_registered:
                self.submit(SetPhone(at=self._clock(), agent=agent.id, registered=False))

    def stop(self) -> None:
        """Answer what was asked, then end."""
        if self._owner is not None:
            self._asked.put(None)
            self._owner.join(timeout=ANSWER_S)
            self._owner = None

    def submit(self, command: Command) -> Answer:
        """Ask for something; returns its committed events, or a refusal.

        Raises a ``StoreError`` where it could not be kept: nothing was changed then, or (``StoreUnavailable`` that
        says so) it is unknown. The offers that follow from a change come as events on the bus.
        """
        if self._owner is None or self._is_ending:
            raise RuntimeError(NOT_RUNNING)
        if self._asked.qsize() >= ASKED_MAX:
            raise StoreUnavailable(f"{ASKED_MAX} commands are waiting; try again")
        asked = Asked(command)
        self._asked.put(asked)
        try:
            answer: Answer = asked.result.get(timeout=ANSWER_S)
        except gevent.Timeout as late:
            raise StoreUnavailable(f"no answer for {ANSWER_S:.0f} s; whether it was done is unknown") from late
        return answer

    # Below: the owner's greenlet.

    def _run(self) -> None:
        while not self._is_ending:
            batch = self._gather()
            try:
                is_done = self._reload() and self._carry_out(batch)
            except StoreError as error:  # not our mistake: its callers are told, the owner lives on
                log.error("not-kept", error=str(error), commands=len(batch))
                is_done = self._refuse(batch, error)
            except Exception as error:  # the boundary of a batch
                log.exception("batch-failed", commands=[type(asked.command).__name__ for asked in batch])
                self.counts["failed"] += 1
                is_done = self._refuse(batch, error)
            if not is_done and not self._is_ending:
                gevent.sleep(PAUSE_S)
        while not self._asked.empty():
            self._refuse([asked for asked in [self._asked.get_nowait()] if asked], RuntimeError(NOT_RUNNING))

    def _gather(self) -> list[Asked]:
        """What was asked meanwhile; waits for the first until the next deadline."""
        gathered: list[Asked] = []
        try:
            first = self._asked.get(timeout=max(0.0, self._idle_s()))
            while True:
                if first is None:
                    self._is_ending = True
                else:
                    gathered.append(first)
                if len(gathered) >= BATCH_MAX:
                    break
                first = self._asked.get_nowait()
        except Empty:
            pass
        return gathered

    def _idle_s(self) -> float:
        if self._may_match or self._must_reload:
            return 0.0
        next_at = self.world.deadlines.next_at()
        return TICK_S if next_at is None else min(TICK_S, next_at - self._clock())

    def _carry_out(self, batch: list[Asked]) -> bool:
        """Decide, commit, adopt, answer. False where something went wrong and a pause is due."""
        now = self._clock()
        timers = [Asked(command) for command in self.world.deadlines.due(now)]
        draft, events = self._decide(self.world.rested(now), [*timers, *batch])
        is_match_asked = any(type(asked.command) is RouteWaiting for asked in (*timers, *batch))
        offered = self._match(draft) if self._may_match or events or is_match_asked else []
        if events or offered:
            self._keep(evolve_all(draft, offered), [*events, *offered])
        else:
            self.world = draft
        self._may_match = bool(events or offered)
        for asked in batch:
            asked.settle()
        self.counts["timer"] += len(timers)
        return not any(timer.is_idle for timer in timers)

    def _decide(self, draft: World, batch: list[Asked]) -> tuple[World, list[Event]]:
        events: list[Event] = []
        started = perf_counter()
        for asked in batch:
            if type(asked.command) is not RouteWaiting:  # the match follows anyhow
                draft = self._decide_one(draft, asked, events)
            if perf_counter() - started > SLICE_S:
                gevent.sleep(0)
                started = perf_counter()
        return draft, events

    def _decide_one(self, draft: World, asked: Asked, events: list[Event]) -> World:
        try:
            asked.answer = self._router.decide(draft, asked.command)
            if isinstance(asked.answer, Refused):
                return draft
            draft = evolve_all(draft, asked.answer)
        except Exception as error:  # the boundary of a command: its mistake is told to its caller only
            log.exception("command-mistake", command=type(asked.command).__name__)
            self.counts["mistake"] += 1
            asked.error = error
            return draft
        events += asked.answer
        return draft

    def _match(self, draft: World) -> list[Event]:
        """One pass over the lines; the next pass follows with the next transaction."""
        try:
            made = self._router.decide(draft, RouteWaiting(at=self._clock()))
        except Exception:  # the boundary of a pass: commands must go on being answered
            log.exception("match-mistake")
            self.counts["mistake"] += 1
            self._may_match = False
            return []
        return made if isinstance(made, list) else []

    def _keep(self, after: World, happened: list[Event]) -> None:
        try:
            self._store.write(lambda tx: projection.record(tx, happened), on_commit=lambda _: self._adopt(after))
        except Exception as error:
            self.counts["not-kept"] += 1
            # Refused by the disk before COMMIT: the rows are as they were. Anything else: look at them again.
            self._must_reload = not isinstance(error, StoreUnavailable) or isinstance(error, CommitUncertain)
            self._may_match = True
            if isinstance(error, StaleEpoch):
                self.lost.set()
            raise

    def _adopt(self, after: World) -> None:
        self.world = after

    def _refuse(self, batch: list[Asked], error: Exception) -> bool:
        for asked in batch:
            asked.error = asked.error or error
            asked.settle()
        return False

    def _reload(self) -> bool:
        """Read the world again where it may differ from the rows."""
        if self._must_reload:
            self.world = self._load()
            self.counts["reload"] += 1
            self._must_reload = False
            self._may_match = True
        return True

    def _load(self) -> World:
        return self._store.read(lambda tx: load_world(tx, self._settings))
