"""The dispatcher: the single owner of agents, queues and offers.

Owns: the world in memory, the order of commands, their commit and the timers. One greenlet takes what was asked
meanwhile, decides it on a draft of the world, writes events and rows in ONE transaction, and only then adopts the
draft; the store publishes what was committed. A failed commit leaves everything as it was. Timers are deadlines of the
world, so they are simply there again after a restart.

Not here: the decisions (``eslapp.core``), drafts (``drafts``), the SQL (``eslapp.store``), the switch.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping

import gevent
from gevent.event import AsyncResult
from gevent.event import Event as Signal
from gevent.pool import Group
from gevent.queue import Empty, Queue

from eslapp.bus import Bus
from eslapp.clock import Clock
from eslapp.core import model
from eslapp.core.commands import Command, ExpireOffer, RescindOffer, RouteWaiting, SetPhone
from eslapp.core.decisions.placing import placed_anew
from eslapp.core.events import SettingsAdopted
from eslapp.core.resting import rested_as
from eslapp.core.settings import Rules, Settings
from eslapp.core.world import World, build
from eslapp.ids import IdSource
from eslapp.log import get_log, spawn
from eslapp.store import StaleEpoch, Store, StoreError, StoreUnavailable, events, projection
from eslapp.store.errors import CommitUncertain

from .drafts import Answer, Asked, Draft, Drafter
from .world_rows import load_world

log = get_log("dispatcher")

ASKED_MAX = 10_000  # commands waiting; more are refused
BATCH_MAX = 50  # commands in one transaction
ANSWER_S = 45.0  # longer than the store's own limit
TICK_S = 1.0  # the longest sleep
SWITCH_ANSWERS_S = 15.0  # after a start: so long it may take until the switch tells which calls were answered
HELD_S = 0.2  # how often a timer that must wait for the switch is looked at
MOVED_AT_ONCE = 200  # places in line that change with the settings, in one transaction
PAUSE_S = 0.25  # after a failure, before trying again
NOT_RUNNING = "the dispatcher is not running"


class Dispatcher:
    """``start()`` before the first ``submit()``. ``world`` is a snapshot that anybody may read at any time.

    ``counts``: mistake, failed, not-kept, reload, timer (for metrics and the doctor). ``lost`` is set when a newer
    daemon has taken over the database: end this one.
    """

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
        self._settings = Settings(dict(queues), dict(agents), rules or Rules(), revision)
        self._asked: Queue = Queue()
        self._adopting: Queue = Queue()
        self._owner: gevent.Greenlet | None = None
        self._is_ending = False
        self._may_match = True  # something has changed since the last look at the lines
        self._must_reload = False  # the rows may differ from the world
        self._calls_run_out_from = 0.0  # before, no ringing and no joining call is given up
        self.world: World = build(self._settings)
        self.counts: Counter[str] = Counter()
        self.lost = Signal()
        self._drafter = Drafter(ids, clock, self.counts)

    def start(self, *, waits_for_switch: bool = False, first: Iterable[Command] = ()) -> None:
        """Load the world from the rows, tell the bus who decides, begin.

        Phones count as unregistered until the switch says otherwise: they may be gone since. Calls that ran out while
        nobody decided are given up only when the switch was asked (``settled``), or does not answer for long: an
        agent may have answered meanwhile, and is not to blame for our absence. ``first`` is decided before anybody is
        offered anything: which queues are closed.
        """
        before = self._store.read(events.last_settings)
        self._load(before)
        self._calls_run_out_from = self._clock() + (SWITCH_ANSWERS_S if waits_for_switch else 0.0)
        adopted = SettingsAdopted(at=self._clock(), settings=self._settings)
        self._store.write(lambda tx: events.append(tx, adopted))
        self._place_anew(before.queues if before is not None else {})
        for command in first:
            self._asked.put(Asked(command))
        self._owner = spawn(self._run)
        self._bus.attach(self.submit)
        there = [agent.id for agent in self.world.agents.values() if agent.phone_registered]
        gone = [SetPhone(at=self._clock(), agent=agent, registered=False) for agent in there]
        Group().map(self.submit, gone)  # at once: one commit for many

    def settled(self) -> None:
        """The switch was asked what is true: from now on calls run out by the clock."""
        self._calls_run_out_from = 0.0

    def stop(self) -> None:
        """Answer what was asked, then end."""
        if self._owner is not None:
            self._asked.put(None)
            self._owner.join(timeout=ANSWER_S)
            self._owner = None

    def adopt(self, settings: Settings) -> None:
        """From now on these settings hold; returns when the first decision under them may be made.

        Nobody in line, ringing or talking is touched. Raises a ``StoreError`` where it could not be kept.
        """
        taken = AsyncResult()
        self._adopting.put((settings, taken))
        self._asked.put(Asked(RouteWaiting(at=self._clock())))
        taken.get(timeout=ANSWER_S)

    def submit(self, command: Command) -> Answer:
        """Ask for something; returns its committed events, or a refusal.

        Raises a ``StoreError`` where it could not be kept: nothing was changed then, or (``CommitUncertain``) it is
        unknown. The offers that follow from a change come as events on the bus.
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
            raise CommitUncertain(f"no answer for {ANSWER_S:.0f} s; whether it was done is unknown") from late
        return answer

    # Below: the owner's greenlet.

    def _run(self) -> None:
        while not self._is_ending:
            batch = self._gather()
            try:
                is_well = self._carry_out(batch)
            except StoreError as error:  # not our mistake: its callers are told, the owner lives on
                log.error("not-kept", error=str(error), commands=len(batch))
                is_well = self._refuse(batch, error)
            except Exception as error:  # the boundary of a batch
                log.exception("batch-failed", commands=[type(asked.command).__name__ for asked in batch])
                self.counts["failed"] += 1
                is_well = self._refuse(batch, error)
            if not is_well and not self._is_ending:
                gevent.sleep(PAUSE_S)
        while not self._asked.empty():
            self._refuse([asked for asked in [self._asked.get_nowait()] if asked], RuntimeError(NOT_RUNNING))

    def _gather(self) -> list[Asked]:
        """What was asked meanwhile; waits for the first until the next deadline."""
        batch: list[Asked] = []
        try:
            first = self._asked.get(timeout=self._idle_s())
            while True:
                if first is None:
                    self._is_ending = True
                else:
                    batch.append(first)
                if len(batch) >= BATCH_MAX:
                    break
                first = self._asked.get_nowait()
        except Empty:
            pass
        return batch

    def _idle_s(self) -> float:
        if self._may_match or self._must_reload:
            return 0.0
        next_at = self.world.deadlines.next_at()
        if next_at is not None and self._clock() < self._calls_run_out_from:
            return HELD_S
        return TICK_S if next_at is None else max(0.0, min(TICK_S, next_at - self._clock()))

    def _carry_out(self, batch: list[Asked]) -> bool:
        """Decide, commit, adopt, answer. False where a pause is due: a timer went off for nothing."""
        self._adopt_newest()
        if self._must_reload:
            self._load()
        now = self._clock()
        timers = [Asked(command) for command in self.world.deadlines.due(now) if not self._must_wait(command, now)]
        self.counts["timer"] += len(timers)
        draft = self._drafter.decide(Draft(self.world.rested(now)), [*timers, *batch])
        if self._may_match or draft.events or any(asked.asks_for_match for asked in (*timers, *batch)):
            draft = self._drafter.match(draft)
        if draft.events:
            self._keep(draft)
        else:
            self.world = draft.world
        self._may_match = bool(draft.events)
        for asked in batch:
            asked.settle()
        return not any(timer.is_idle for timer in timers)

    def _must_wait(self, timer: Command, now: float) -> bool:
        """Whether it would give up a call of which only the switch knows the truth."""
        if now >= self._calls_run_out_from or not isinstance(timer, (ExpireOffer, RescindOffer)):
            return False
        offer = self.world.offer(timer.offer)
        return offer is not None and offer.medium is model.Medium.VOICE

    def _keep(self, draft: Draft) -> None:
        def adopt(_: list[int]) -> None:
            self.world = draft.world

        try:
            self._store.write(lambda tx: projection.record(tx, draft.events), on_commit=adopt)
        except Exception as error:
            self.counts["not-kept"] += 1
            # Refused by the disk before COMMIT: the rows are as they were. Anything else: look at them again.
            self._must_reload = not isinstance(error, StoreUnavailable) or isinstance(error, CommitUncertain)
            self._may_match = True
            if isinstance(error, StaleEpoch):
                self.lost.set()
            raise

    def _refuse(self, batch: list[Asked], error: Exception) -> bool:
        for asked in batch:
            asked.error = asked.error or error
            asked.settle()
        return False

    def _adopt_newest(self) -> None:
        while not self._adopting.empty():
            settings, taken = self._adopting.get_nowait()
            try:
                adopted = SettingsAdopted(at=self._clock(), settings=settings)
                self._store.write(lambda tx, adopted=adopted: events.append(tx, adopted))
                before, self._settings = self._settings, settings
                self._load()
                self._place_anew(before.queues)
                taken.set(None)
            except Exception as error:  # the boundary of one revision: its publisher is told, the old one holds
                taken.set_exception(error)
                self._must_reload = True

    def _place_anew(self, before: Mapping[str, model.Queue]) -> None:
        """Head starts that are otherwise in the settings of now; some at a time, others are asked meanwhile."""
        moved = list(placed_anew(self.world, before, self._clock()))
        for first in range(0, len(moved), MOVED_AT_ONCE):
            self._keep(Draft(self.world).then(moved[first : first + MOVED_AT_ONCE]))

    def _load(self, before: Settings | None = None) -> None:
        """Read the world from the rows, by the writer: behind whatever may still be on its way there.

        ``before``: the settings under which agents declined what they rest from now; what we knew of that is kept.
        """
        known, rules = self.world, (before or self._settings).rules
        fresh = self._store.write(lambda tx: load_world(tx, self._settings, rules.cool_down_s))
        self.world = rested_as(fresh, known.cool_downs).with_closed(known.closed)  # calendars say it again anyhow
        self.counts["reload"] += self._must_reload
        self._must_reload = False
        self._may_match = True
