"""The dispatcher over a real store and bus: order, atomicity, timers, restarts and take-overs."""

from __future__ import annotations

import random
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import gevent
import pytest

from eslapp.bus import Bus, Subscription
from eslapp.clock import wall
from eslapp.core import commands as c
from eslapp.core import events as e
from eslapp.core.model import Agent, InteractionState, Medium, Offer, OfferState, Presence, Queue
from eslapp.ids import counting
from eslapp.services.dispatcher import SWITCH_ANSWERS_S, Dispatcher
from eslapp.services.world_rows import load_world
from eslapp.store import (
    StaleEpoch,
    Store,
    StoreError,
    StoreUnavailable,
    events,
    interactions,
    offers,
    projection,
    receipts,
)

AGENTS = {name: Agent(name, name.title(), name, skills={"orders": 1}) for name in ("ann", "bob", "cid")}
QUEUES = {"orders": Queue("orders", skills={"orders": 1}), "quick": Queue("quick", ring_s=0.05, wrap_up_s=0.05)}


class FakeClock:
    """Stands still unless told."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


class Centre:
    """One daemon's dispatcher with its store and bus."""

    def __init__(self, path: Path, clock: Callable[[], float], prefix: str = "id", **store_options: Any) -> None:
        self.bus, self.clock = Bus(), clock
        self.store = Store(path, publish=self.bus.publish, **store_options).open(at=clock())
        self.dispatcher = Dispatcher(self.store, self.bus, clock, counting(prefix), QUEUES, AGENTS)
        self._subscription = self.bus.subscribe()
        self.heard: Subscription = self._subscription.__enter__()

    def start(self) -> Centre:
        self.dispatcher.start()
        return self

    def ask(self, kind: type[c.Command], **fields: Any) -> Any:
        return self.bus.submit(kind(at=self.clock(), **fields))

    def at_work(self, *agents: str) -> None:
        for agent in agents:
            self.ask(c.SetPhone, agent=agent, registered=True)
            self.ask(c.SetPresence, agent=agent, presence=Presence.AVAILABLE)

    def arrive(self, name: str, medium: Medium = Medium.VOICE, queue: str = "orders") -> None:
        self.ask(
            c.OpenInteraction, interaction=name, contact="c", channel="x", medium=medium, leg="l-" + name, flow="main"
        )
        self.ask(c.EnqueueInteraction, interaction=name, queue=queue)

    def until(self, kind: type[e.Event], **fields: Any) -> Any:
        """Wait for the next event of this kind with these fields."""
        while True:
            _, event = self.heard.get(timeout=10)
            if type(event) is kind and all(getattr(event, name) == value for name, value in fields.items()):
                return event

    def settled(self) -> None:
        """Return when nothing more follows from what was asked."""
        self.ask(c.RouteWaiting)
        while self.dispatcher._may_match:
            self.ask(c.RouteWaiting)

    def world_in_rows(self) -> Any:
        return self.store.read(lambda tx: load_world(tx, self.dispatcher.world.settings, 30.0))

    def kill(self) -> None:
        """As by SIGKILL: nothing is told to anybody."""
        if self.dispatcher._owner is not None:
            self.dispatcher._owner.kill()

    def close(self) -> None:
        self.dispatcher.stop()
        self._subscription.__exit__(None, None, None)
        self.store.close()


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def centre(tmp_path: Path, clock: FakeClock) -> Iterator[Centre]:
    made = Centre(tmp_path / "zongji.db", clock).start()
    yield made
    made.close()


def test_a_call_from_arrival_to_the_end(centre: Centre, clock: FakeClock) -> None:
    centre.at_work("ann")
    centre.arrive("i1")
    offer: Offer = centre.until(e.OfferMade).offer
    assert (offer.agent, offer.interaction, offer.expires_at) == ("ann", "i1", clock.now + 20.0)
    clock.now += 4
    centre.ask(c.AcceptOffer, offer=offer.id, agent="ann")
    centre.ask(c.ConnectInteraction, interaction="i1")
    clock.now += 60
    centre.ask(c.EndTalk, interaction="i1", by="contact")
    centre.ask(c.FinishWrapUp, interaction="i1", agent="ann", disposition="sold", notes="两台")
    row = centre.store.read(lambda tx: interactions.get(tx, "i1"))
    assert (row.state, row.disposition, row.notes, row.agent) == (InteractionState.CLOSED, "sold", "两台", "ann")
    assert row.connected_at - row.queued_at == 4 and row.ended_at - row.connected_at == 60
    assert centre.store.read(lambda tx: offers.get(tx, offer.id)).ended_at == clock.now
    assert centre.store.read(lambda tx: receipts.why(tx, "i1", names={"ann": "Ann"})).en.startswith(
        "After 0 s in queue orders (number 1 of 1) it was offered to Ann (ann)"
    )


def test_everything_committed_is_published_in_order_and_nothing_else(centre: Centre) -> None:
    centre.at_work("ann", "bob")
    gevent.joinall([gevent.spawn(centre.arrive, f"i{n}") for n in range(20)], raise_error=True, timeout=30)
    centre.settled()
    log = centre.store.read(lambda tx: events.after(tx, 0))
    heard = [centre.heard.get(timeout=1) for _ in log]
    assert heard == log
    assert [sequence for sequence, _ in log] == sorted(sequence for sequence, _ in log)
    with pytest.raises(gevent.queue.Empty):
        centre.heard.get(timeout=0)


def test_whoever_hears_an_event_finds_it_in_the_world(centre: Centre) -> None:
    found: list[bool] = []

    def listen() -> None:
        with centre.bus.subscribe() as heard:
            while len(found) < 5:
                _, event = heard.get(timeout=10)
                if isinstance(event, e.OfferMade):
                    found.append(event.offer.id in centre.dispatcher.world.offers)

    listener = gevent.spawn(listen)
    centre.at_work("ann")
    for number in range(5):
        centre.arrive(f"i{number}")
        offer = centre.until(e.OfferMade).offer
        centre.ask(c.CloseInteraction, interaction=offer.interaction)
    listener.get(timeout=10)
    assert found == [True] * 5


def test_a_refusal_is_a_value_and_changes_nothing(centre: Centre) -> None:
    before, sequence = centre.dispatcher.world, centre.store.read(events.last_sequence)
    assert centre.ask(c.AcceptOffer, offer="none", agent="ann") == c.Refused("offer-gone", "none")
    assert centre.dispatcher.world == before
    assert centre.store.read(events.last_sequence) == sequence


def random_day(centre: Centre, clock: FakeClock, seed: int, steps: int) -> None:
    """Whatever people do, several at once."""
    chance = random.Random(seed)

    def one(number: int) -> None:
        world = centre.dispatcher.world
        offer = chance.choice([*world.offers.values(), None])
        name = chance.choice([*world.interactions, ""])
        medium, agent = chance.choice(list(Medium)), chance.choice(list(AGENTS))
        what = chance.randrange(10)
        if what < 4:
            centre.arrive(f"i{number}", medium)
        elif what < 6 and offer:
            kind = chance.choice([c.AcceptOffer, c.AcceptOffer, c.DeclineOffer])
            centre.ask(kind, offer=offer.id, agent=offer.agent)
        elif what < 9 and name:
            kind = chance.choice([c.ConnectInteraction, c.CloseInteraction, c.LeaveQueue, c.ExpireWrapUp])
            centre.ask(kind, interaction=name)
        else:
            centre.ask(c.SetPresence, agent=agent, presence=chance.choice([Presence.AVAILABLE, Presence.BREAK]))

    for start in range(0, steps, 8):
        clock.now += chance.random() * 5
        several = [gevent.spawn(one, number) for number in range(start, start + 8)]
        gevent.joinall(several, raise_error=True, timeout=30)


def test_rows_world_and_log_tell_the_same(centre: Centre, clock: FakeClock, tmp_path: Path) -> None:
    centre.at_work("ann", "bob")
    random_day(centre, clock, seed=20261122, steps=160)
    centre.settled()
    assert not centre.dispatcher.counts["mistake"] and not centre.dispatcher.counts["failed"]
    world, rows = centre.dispatcher.world, centre.world_in_rows()
    for part in ("agents", "interactions", "offers", "lines", "turns"):
        assert getattr(rows, part) == getattr(world, part), part
    log = centre.store.read(lambda tx: events.after(tx, 0, limit=10_000))
    assert len(log) > 150
    copy = Store(tmp_path / "copy.db").open(at=1.0)
    copy.write(lambda tx: projection.rebuild(tx, log))
    for table in ("interactions", "offers", "agents", "receipts"):
        sql = f"SELECT * FROM {table} ORDER BY id"  # the rows are what the log says
        assert copy.read(lambda tx, sql=sql: tx.all(sql)) == centre.store.read(lambda tx, sql=sql: tx.all(sql)), table
    copy.close()


# --- failures ------------------------------------------------------------------------------------------------------


class Switchable:
    """Makes the writing connection fail when told."""

    fails_on = ""


class FailingConnection(sqlite3.Connection):
    def execute(self, sql: str, *rest: Any) -> sqlite3.Cursor:
        if Switchable.fails_on and sql.startswith(Switchable.fails_on):
            raise OSError(28, "No space left on device")
        return super().execute(sql, *rest)


@pytest.fixture
def failing(tmp_path: Path, clock: FakeClock) -> Iterator[Centre]:
    Switchable.fails_on = ""
    made = Centre(tmp_path / "zongji.db", clock, connection=FailingConnection).start()
    yield made
    Switchable.fails_on = ""
    made.close()


@pytest.mark.parametrize("fails_on", ["BEGIN", "INSERT INTO events", "INSERT INTO interactions", "COMMIT"])
def test_a_failed_commit_changes_and_publishes_nothing(failing: Centre, fails_on: str) -> None:
    failing.at_work("ann")
    failing.settled()
    sequence = failing.store.read(events.last_sequence)
    before = failing.dispatcher.world
    while True:
        try:
            failing.heard.get(timeout=0)
        except gevent.queue.Empty:
            break
    Switchable.fails_on = fails_on
    with pytest.raises(StoreUnavailable):
        failing.arrive("i1")
    assert failing.dispatcher.world.interactions == before.interactions
    assert failing.store.read(events.last_sequence) == sequence
    with pytest.raises(gevent.queue.Empty):
        failing.heard.get(timeout=0)
    Switchable.fails_on = ""
    failing.arrive("i1")
    assert failing.until(e.OfferMade).offer.interaction == "i1"
    assert bool(failing.dispatcher.counts["reload"]) == (fails_on == "COMMIT"), "after COMMIT the rows are read again"


def test_a_timer_is_tried_again_after_the_store_failed(failing: Centre, clock: FakeClock) -> None:
    failing.at_work("ann")
    failing.arrive("i1")
    failing.until(e.OfferMade)
    Switchable.fails_on = "BEGIN"
    clock.now += 30
    with pytest.raises(StoreUnavailable):
        failing.ask(c.SetPhone, agent="bob", registered=True)
    Switchable.fails_on = ""
    assert failing.until(e.OfferExpired).agent == "ann"


def test_the_database_has_the_last_word_and_the_world_is_read_again(centre: Centre) -> None:
    """A live offer the dispatcher does not know of (a mistake of ours): refused by the index, then seen."""
    centre.at_work("ann")
    centre.settled()
    hidden = Offer("hidden", "i0", "ann", Medium.VOICE, 1.0, 2.0)
    centre.store.write(lambda tx: offers.put(tx, hidden))
    with pytest.raises(StoreError, match="offers.agent"):
        centre.arrive("i1")
    centre.store.write(lambda tx: tx.run("DELETE FROM offers WHERE id = 'hidden'"))
    centre.ask(c.SetPhone, agent="bob", registered=True)
    assert centre.dispatcher.counts["reload"] >= 1


def test_a_mistake_in_one_command_is_told_to_its_caller_only(centre: Centre) -> None:
    class Nonsense(c.Command):
        pass

    nonsense = gevent.spawn(centre.ask, Nonsense)
    sensible = gevent.spawn(centre.ask, c.SetPhone, agent="ann", registered=True)
    assert len(sensible.get(timeout=10)) == 1
    with pytest.raises(KeyError):
        nonsense.get(timeout=10)
    assert centre.dispatcher.counts["mistake"] == 1


# --- time and restarts ---------------------------------------------------------------------------------------------


def test_timers_run_on_the_real_clock(tmp_path: Path) -> None:
    centre = Centre(tmp_path / "zongji.db", wall).start()
    centre.at_work("ann", "bob")
    centre.arrive("i1", queue="quick")
    centre.until(e.OfferExpired, agent="ann")  # rung out: put off
    centre.until(e.PresenceChanged, agent="ann", presence=Presence.RNA)
    offer = centre.until(e.OfferMade).offer
    assert offer.agent == "bob"
    centre.ask(c.AcceptOffer, offer=offer.id, agent="bob")
    centre.ask(c.ConnectInteraction, interaction="i1")
    centre.ask(c.EndTalk, interaction="i1", by="agent")
    assert centre.until(e.WrapUpEnded).timed_out
    centre.close()


def test_after_a_kill_places_clocks_offers_and_timers_are_there_again(tmp_path: Path, clock: FakeClock) -> None:
    path = tmp_path / "zongji.db"
    first = Centre(path, clock).start()
    first.at_work("ann")
    for number in range(4):
        first.arrive(f"i{number}")
        clock.now += 1
    first.arrive("chat", Medium.TEXT)
    first.settled()
    before = first.dispatcher.world
    first.kill()

    clock.now += 5
    second = Centre(path, clock, prefix="second").start()
    second.settled()
    after = second.dispatcher.world
    assert after.interactions == before.interactions and after.offers == before.offers
    assert [after.position(f"i{n}") for n in range(4)] == [None, 1, 2, 3]
    assert after.agents["ann"].presence is Presence.AVAILABLE
    assert not after.agents["ann"].phone_registered, "the switch has to say so again"
    made = second.store.read(lambda tx: tx.value("SELECT COUNT(*) FROM offers"))
    assert made == 1, "nothing is offered twice"
    clock.now += 20
    second.ask(c.RouteWaiting)
    assert second.until(e.OfferExpired).interaction == "i0"
    assert second.dispatcher.world.position("i0") == 1, "the old place"
    second.close()
    first.store.close()


@pytest.mark.parametrize("tells", [True, False])
def test_a_call_that_ran_out_while_nobody_decided_waits_for_the_switch(
    tmp_path: Path, clock: FakeClock, tells: bool
) -> None:
    """An agent who answered during our absence must not count as one who let it ring out."""
    first = Centre(tmp_path / "zongji.db", clock).start()
    first.at_work("ann")
    first.arrive("i1")
    offer = first.until(e.OfferMade).offer
    first.kill()
    clock.now += 40.0  # the ring time is over long since
    second = Centre(tmp_path / "zongji.db", clock, prefix="new")
    second.dispatcher.start(waits_for_switch=True)
    gevent.sleep(0.05)  # were it given up, it would be by now: the owner had its turn
    assert second.dispatcher.world.offer(offer.id).state is OfferState.PENDING
    if tells:
        second.ask(c.AcceptOffer, offer=offer.id, agent="ann")  # what the reconciler asks for a leg that is up
        second.dispatcher.settled()
        assert second.dispatcher.world.offer(offer.id).state is OfferState.ACCEPTED
    else:
        clock.now += SWITCH_ANSWERS_S  # the switch is away: the clock decides
        second.until(e.OfferExpired, offer=offer.id)
    second.close()
    first.close()


def test_cool_downs_and_turns_survive(tmp_path: Path, clock: FakeClock) -> None:
    path = tmp_path / "zongji.db"
    first = Centre(path, clock).start()
    first.at_work("ann")
    first.arrive("i1", Medium.TEXT)
    offer = first.until(e.OfferMade).offer
    first.ask(c.DeclineOffer, offer=offer.id, agent="ann")
    first.settled()
    cool_downs, turns = first.dispatcher.world.cool_downs, first.dispatcher.world.turns
    assert len(cool_downs) == 1 and len(turns) == 1
    first.kill()
    second = Centre(path, clock, prefix="second").start()
    second.settled()
    assert (second.dispatcher.world.cool_downs, second.dispatcher.world.turns) == (cool_downs, turns)
    assert second.dispatcher.world.interactions["i1"].state is InteractionState.QUEUED
    clock.now += 31
    assert second.until(e.OfferMade).offer.agent == "ann"
    second.close()
    first.store.close()


def test_a_daemon_that_was_taken_over_changes_nothing_and_knows_it(tmp_path: Path, clock: FakeClock) -> None:
    path = tmp_path / "zongji.db"
    old = Centre(path, clock).start()
    old.at_work("ann")
    new = Centre(path, clock, prefix="new").start()
    sequence = new.store.read(events.last_sequence)
    with pytest.raises(StaleEpoch):
        old.arrive("i1")
    assert old.dispatcher.lost.is_set()
    assert new.store.read(events.last_sequence) == sequence
    new.arrive("i1")
    old.close()
    new.close()


def test_stopping_answers_what_was_asked(centre: Centre) -> None:
    asked = [gevent.spawn(centre.arrive, f"i{n}") for n in range(10)]
    gevent.idle()
    centre.dispatcher.stop()
    gevent.joinall(asked, timeout=10)
    kept = centre.store.read(lambda tx: len(interactions.still_open(tx)))
    assert kept >= sum(one.exception is None for one in asked)
    with pytest.raises(RuntimeError, match="not running"):
        centre.ask(c.RouteWaiting)


def test_nobody_may_ask_before_the_start(tmp_path: Path, clock: FakeClock) -> None:
    centre = Centre(tmp_path / "zongji.db", clock)
    with pytest.raises(RuntimeError, match="not running yet"):
        centre.ask(c.RouteWaiting)
    centre.close()


def test_a_hundred_commands_at_once_do_not_hold_the_hub(centre: Centre) -> None:
    """Bounded loosely (the machine is shared); what it must never do is hold the hub for the whole work."""
    ticks: list[float] = []
    timer = gevent.get_hub().loop.timer(0.001, 0.001)
    timer.start(lambda: ticks.append(wall()))
    try:
        centre.at_work("ann", "bob", "cid")
        arriving = [gevent.spawn(centre.arrive, f"i{n}", Medium.TEXT) for n in range(100)]
        gevent.joinall(arriving, raise_error=True, timeout=60)
        centre.settled()
    finally:
        timer.stop()
    gaps = sorted(late - early for early, late in zip(ticks, ticks[1:], strict=False))
    assert gaps[len(gaps) // 2] < 0.02
