"""A day with everything that goes wrong, and what must hold through all of it.

After every event:
  1. no interaction is with two agents; no agent is asked twice for one interaction
  2. no agent holds more than their capacity of any slot, and never two calls
  3. the clock of a place never changes (but for a call that takes over its contact's callback)
  4. an offer goes only to an agent who is available, able and has room, and never past an earlier one they could serve
     nor past one of the queue who came before it by more than the bound that ``queue show`` tells
  4a. nobody who comes joins a line that has as many as its limit
  4b. whoever lets an offer ring out that nobody else was asked for, is put off
  5. whoever is held belongs to a talk: nobody is a guest twice, nobody is a guest of a talk of their own
After every command (a small day), or now and then (a full one):
  6. nobody waits beside a free able agent
  6b. nobody stands in line by a reply window that is over, nor with less of a head start than the queue gives
  7. the lines hold exactly who waits, in order; an agent is held only by what is open
  8. the world equals one built from its records, as after a crash
At the end of the day:
  9. every interaction is closed, exactly once; nothing holds any agent; no timer is left
  10. every decision comes out again on replay of the log

The small day runs always; ``ZONGJI_SIMULATION=5000x50`` (contacts x agents, optionally ``x seed``) runs that day. A
failing day is shrunk to the fewest contacts and shifts that still fail (``test_broken_routers`` proves both).
"""

from __future__ import annotations

import os
import sys
from collections import Counter
from itertools import count
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "core"))

from days import ALL_FAULTS, made_day, shrunk
from router_invariants import (
    capacity_is_never_exceeded,
    check,
    guests_are_in_one_talk,
    no_interaction_is_with_two,
    nobody_earlier_was_passed_over,
)

from eslapp.core import events as e
from eslapp.core.events import Event, SettingsAdopted
from eslapp.core.model import Outcome, Presence
from eslapp.core.tables import UnexpectedEvent
from eslapp.core.world import World
from eslapp.simulation.day import Day
from eslapp.simulation.people import People
from eslapp.simulation.replay import replay
from eslapp.simulation.workload import Workload

FULL = os.environ.get("ZONGJI_SIMULATION", "")


class Watched(Day):
    """Checks while it lives. ``every``: how many commands between two thorough looks."""

    def __init__(self, world: World, workload: Workload, people: People, every: int = 1) -> None:
        super().__init__(world, workload, people, self._check_event, self._check_rest)
        self._clocks: dict[str, float] = {}
        self._every, self._asked = every, 0
        self._before = world
        self._rang_out: set[str] = set()
        self._latest = ("", 0.0)  # what rang out

    def _check_rest(self, world: World) -> None:
        self._asked += 1
        assert not self._rang_out, f"{self._rang_out} let it ring out and go on being asked"
        if self._asked % self._every == 0:
            check(world, self.floor.now)

    def restart(self) -> None:
        super().restart()
        check(self.world, self.floor.now)
        self._before = self.world

    def _check_event(self, event: Event, world: World) -> None:
        no_interaction_is_with_two(world)
        capacity_is_never_exceeded(world)
        guests_are_in_one_talk(world)
        nobody_earlier_was_passed_over(self._before, event, self.floor.now)
        self._check_limit(event)
        if isinstance(event, e.OfferExpired):
            self._check_rung_out(event)
        if isinstance(event, e.PresenceChanged):
            self._rang_out.discard(event.agent)
        self._before = world
        if isinstance(event, e.InteractionQueued):
            before = self._clocks.setdefault(event.interaction, event.queued_at)
            assert event.queued_at == before or event.parent or event.chain, f"{event.interaction}: another clock"
            self._clocks[event.interaction] = event.queued_at
        if isinstance(event, e.OfferMade):
            agent = world.agents[event.offer.agent]
            assert agent.presence.value == "available" and agent.next_presence is None
            assert event.offer.medium != "voice" or agent.phone_registered
            assert len(world.held[agent.id]) == len(set(world.held[agent.id]))

    def _check_rung_out(self, event: e.OfferExpired) -> None:
        """Who was asked alone must be put off now; not who rang out with others, or for another contact just before."""
        together, self._latest = self._latest, (event.interaction, event.at)
        is_alone = self._before.ringing(event.interaction) == (event.offer,) and together != self._latest
        if is_alone and self._before.agents[event.agent].presence is not Presence.RNA:
            self._rang_out.add(event.agent)

    def _check_limit(self, event: Event) -> None:
        """Who has come by themselves for the first time; others were let in before."""
        one = self._before.interaction(event.interaction) if isinstance(event, e.InteractionQueued) else None
        if one is not None and isinstance(event, e.InteractionQueued) and one.state == "in_flow":
            limit = self._before.settings.queue(event.queue).limit
            is_new = one.queued_at is None and one.connected_at is None and one.channel != "callback"
            assert not is_new or limit is None or self._before.lines.waiting(event.queue) < limit, (
                f"{one.id} is too many"
            )


def lived(world: World, workload: Workload, seed: int, every: int = 1) -> Watched:
    """The whole day, with what must hold at its end."""
    day = Watched(world, workload, People(workload, seed, ALL_FAULTS), every)
    day.live()
    opened = [event.interaction.id for event in day.log if isinstance(event, e.InteractionOpened)]
    closed = Counter(event.interaction for event in day.log if isinstance(event, e.InteractionClosed))
    assert closed == Counter(opened)
    end = day.world
    assert not len(end.interactions) and not len(end.offers) and not len(end.cool_downs)
    assert end.deadlines.next_at() is None
    assert all(end.load(agent).live == 0 for agent in end.agents)
    return day


def fails(world: World, workload: Workload, seed: int, every: int = 1) -> bool:
    try:
        lived(world, workload, seed, every)
    except (AssertionError, UnexpectedEvent):
        return True
    return False


def whole(seed: int, contacts: int, staff: int, hours: float, every: int) -> Watched:
    world, workload = made_day(seed, contacts, staff, hours)
    try:
        day = lived(world, workload, seed, every)
    except (AssertionError, UnexpectedEvent) as error:
        least = shrunk(workload, lambda fewer: fails(world, fewer, seed, every))
        told = "\n".join(map(repr, (*least.arrivals, *least.shifts)))
        raise AssertionError(f"seed {seed}: {error}; the least that fails:\n{told}") from error
    start = [(0, SettingsAdopted(at=0.0, settings=world.settings))]
    report = replay([*start, *zip(count(1), day.log, strict=False)], 0.0, float("inf"))
    assert report.decisions and not report.differing, report.differing[:2]
    return day


def outcomes(day: Watched) -> Counter[Outcome]:
    return Counter(event.outcome for event in day.log if isinstance(event, e.InteractionClosed))


@pytest.mark.parametrize("seed", [1, pytest.param(2, marks=pytest.mark.slow)])
def test_a_small_day_with_all_faults(seed: int) -> None:
    day = whole(seed, contacts=60, staff=6, hours=1.0, every=1)
    assert outcomes(day)[Outcome.HANDLED] > 20


def test_a_failing_day_is_shrunk_to_what_makes_it_fail() -> None:
    world, workload = made_day(5, contacts=30, staff=4, hours=0.5)
    guilty = {"i00007", "i00019"}
    least = shrunk(workload, lambda fewer: guilty <= {arrival.interaction for arrival in fewer.arrivals})
    assert {arrival.interaction for arrival in least.arrivals} == guilty and not least.shifts


@pytest.mark.slow
@pytest.mark.timeout(1800)
def test_a_full_day() -> None:
    """By hand; a shorter one in the slow tier."""
    contacts, staff, seed = ([int(part) for part in FULL.split("x")] + [1])[:3] if FULL else (500, 15, 1)
    day = whole(seed, contacts, staff, hours=8.0 if FULL else 2.0, every=50)
    told = outcomes(day)
    print(f"{contacts} contacts, {staff} agents: {len(day.log)} events, {dict(told)}")
    assert told[Outcome.HANDLED] > contacts / 3
