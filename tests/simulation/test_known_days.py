"""Days whose people are known: lived again unchanged, each comes out as it was, within the range of the seeds.

Slow agents, one who stops answering, declines, hand-ups before the join, whispers, impatient callers, callbacks,
transfers, chats beside calls, wrap-ups to the limit: each must come from the recorded day, not from a constant.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from itertools import count
from math import inf
from random import Random

import pytest

from eslapp.core import events as e
from eslapp.core.events import SettingsAdopted
from eslapp.core.model import Agent, Medium, Presence, Queue
from eslapp.core.settings import Settings
from eslapp.core.world import World, build
from eslapp.simulation.day import Day
from eslapp.simulation.extract import extract
from eslapp.simulation.people import Faults, People
from eslapp.simulation.what_if import Figures, Told, as_it_was, lived_again
from eslapp.simulation.workload import Arrival, Callback, HandedOn, Join, Reaction, Revision, Shift, Workload

QUEUES = (Queue("calls", target_s=20.0, ring_s=15.0, wrap_up_s=30.0), Queue("chats", wrap_up_s=10.0))
CREW = [Agent(f"a{n}", f"a{n}", str(n)) for n in range(6)]
ENDS_AT = 3600.0


class Known(People):
    """Whose agents do what ``acts`` says, and whose phones are joined after a whisper of three seconds."""

    def __init__(self, workload: Workload, acts: Callable[[str, str, float], Reaction], join: Join) -> None:
        super().__init__(workload, 1, Faults())
        self._acts, self._join = acts, join

    def reaction(self, interaction: str, agent: str, medium: str, at: float) -> Reaction:
        return self._acts(agent, medium, at)

    def join(self, interaction: str, agent: str, at: float) -> Join:
        return self._join

    def back_at(self, agent: str, at: float) -> float:
        return inf


def quick(agent: str, medium: str, at: float) -> Reaction:
    return Reaction("accept", 1.0)


def slow(agent: str, medium: str, at: float) -> Reaction:
    """Each in their own time, 1 to 11 s."""
    return Reaction("accept", 1.0 + 2.0 * int(agent[1:]))


def stopping(agent: str, medium: str, at: float) -> Reaction:
    """All but one go away from their desks after a third of the day, and stay away."""
    return Reaction("ignore", 0.0) if agent != "a0" and at > ENDS_AT / 3 else Reaction("accept", 2.0)


def unwilling(agent: str, medium: str, at: float) -> Reaction:
    """Half of them say no to everything."""
    return Reaction("decline", 6.0) if int(agent[1:]) % 2 else Reaction("accept", 3.0)


def failing(agent: str, medium: str, at: float) -> Reaction:
    """The phones of half of them cannot be rung."""
    return Reaction("failed", 4.0) if int(agent[1:]) % 2 and medium == "voice" else Reaction("accept", 3.0)


def workload(every_s: float = 11.0) -> Workload:
    """A call or a chat each few seconds; talks of a minute, patience of one."""
    chance, arrivals, at = Random(7), list[Arrival](), 0.0
    while at < ENDS_AT:
        at += chance.expovariate(1 / every_s)
        name, is_chat = f"i{len(arrivals):04}", chance.random() < 0.3
        kind = {"queue": "chats" if is_chat else "calls", "medium": Medium.TEXT if is_chat else Medium.VOICE}
        arrivals.append(
            Arrival(
                at,
                name,
                channel="webchat" if is_chat else "voice",
                contact=name,
                patience_s=chance.expovariate(1 / 60.0),
                talk_s=chance.expovariate(1 / 60.0),
                wrap_s=chance.choice((5.0, inf)),
                **kind,  # type: ignore[arg-type]
            )
        )
    shifts = [Shift(0.0, one.id, Presence.AVAILABLE, registered=True) for one in CREW]
    breaks = [Shift(1500.0, "a0", Presence.BREAK), Shift(2100.0, "a0", Presence.AVAILABLE)]
    return Workload(0.0, ENDS_AT + 3600.0, tuple(arrivals), (*shifts, *breaks))


def handed_on(day: Workload) -> Workload:
    """Each third call is handed to another agent after ten seconds."""
    talk = (HandedOn(10.0, "queue", "calls"),)
    told = [replace(one, handed_on=talk) if one.interaction[-1] in "147" else one for one in day.arrivals]
    return replace(day, arrivals=tuple(told))


def called_back(day: Workload) -> Workload:
    """Each third caller who would wait asks to be called after ten seconds, and talks for long then."""
    asking = [one for one in day.arrivals if one.interaction[-1] in "147" and one.queue == "calls"]
    wishes = [
        Callback(one.at + 10.0, f"b-{one.interaction}", one.interaction, one.contact, "calls", "13800138000", 60.0)
        for one in asking
    ]
    tried = [replace(one, tries=(Join(12.0, is_joined=False), Join(8.0)), talk_s=240.0, wrap_s=5.0) for one in wishes]
    return replace(day, callbacks=tuple(tried))


def revised(day: Workload) -> Workload:
    """From the middle on calls ring for three seconds only, wrap-ups end at once, and three agents are gone."""
    queues = [replace(QUEUES[0], ring_s=3.0, wrap_up_s=0.0), QUEUES[1]]
    return replace(day, revisions=(Revision(ENDS_AT / 2, Settings.of(queues, CREW[:3])),))


CASES = {
    "quick": (workload(), quick, Join(0.4)),
    "whisper": (workload(), quick, Join(6.0)),
    "slow": (workload(), slow, Join(3.0)),
    "stopping": (workload(), stopping, Join(3.0)),
    "unwilling": (workload(), unwilling, Join(3.0)),
    "failing": (workload(), failing, Join(3.0)),
    "handed on": (handed_on(workload(18.0)), slow, Join(3.0)),
    "revised": (revised(workload()), slow, Join(3.0)),
    "called back": (called_back(workload(18.0)), slow, Join(3.0)),
}


def recorded(name: str) -> tuple[World, Workload, list[e.Event]]:
    """The day, and what its log tells of it."""
    wishes, acts, join = CASES[name]
    world = build(Settings.of(QUEUES, CREW))
    day = Day(world, wishes, Known(wishes, acts, join))
    day.live()
    adopted = [SettingsAdopted(at=one.at, settings=one.settings) for one in wishes.revisions]
    told_of = sorted([SettingsAdopted(at=-1.0, settings=world.settings), *adopted, *day.log], key=lambda one: one.at)
    start, told = extract(zip(count(1), told_of, strict=False), 0.0, 1e9)
    assert start is not None
    return start, told, day.log


def differences(truth: dict[str, Figures], told: Told) -> list[str]:
    """What is not in the range, or near it."""
    wrong = []
    for queue, one in truth.items():
        again = told.queues[queue]
        near = {"served": 0.05 * one.came, "service_level": 0.05, "mean_wait_s": 2.0, "p95_wait_s": 5.0}
        for name, by in near.items():
            low, _, high = getattr(again, name)
            if not low - by <= getattr(one, name) <= high + by:
                wrong.append(f"{queue} {name}: {getattr(one, name):.2f}, lived again {low:.2f} - {high:.2f}")
    return wrong


@pytest.mark.slow
@pytest.mark.parametrize("name", CASES)
def test_a_day_lived_again_unchanged_is_as_it_was(name: str) -> None:
    start, told, log = recorded(name)
    assert any(isinstance(event, e.InteractionConnected) for event in log)
    again = lived_again(start, told, start.settings, range(5))
    assert differences(as_it_was(told, start.settings), again) == []
    served = {one.interaction: one.served_by for one in told.arrivals if one.served_by}
    assert sum(again.served_by.get(one) == agent for one, agent in served.items()) > len(served) * 0.5
