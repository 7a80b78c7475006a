"""What the simulated day is worth: a router broken on purpose is found by it, and the day shrunk to a few people."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest
from days import made_day, shrunk
from test_simulated_day import fails

from eslapp.core import world
from eslapp.core.decisions import offers
from eslapp.core.events import Event, InteractionQueued
from eslapp.core.waiting import LineKey, Place, WaitingLines

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]
SEED, CONTACTS, STAFF, HOURS = 4, 40, 4, 0.5
FEW = 4  # contacts that the least failing day has at most


def loses_the_clock(patch: pytest.MonkeyPatch) -> None:
    """Whose offer fails is put at the end of the line."""
    right = offers.requeue

    def requeue(known: Any, ended: list[Event], interaction: Any, at: float, ids: Any, **more: Any) -> list[Event]:
        made = right(known, ended, interaction, at, ids, **more)
        return [replace(one, queued_at=at) if isinstance(one, InteractionQueued) else one for one in made]

    patch.setattr(offers, "requeue", requeue)


def asks_who_is_in_wrap_up(patch: pytest.MonkeyPatch) -> None:
    """Agents in wrap-up of a call count as free."""
    right = world.hindrance

    def hindrance(agent: Any, load: Any, slot: str, rules: Any) -> str:
        reason = right(agent, load, slot, rules)
        return "" if reason == "wrap-up" else reason

    patch.setattr(world, "hindrance", hindrance)


def serves_the_last_first(patch: pytest.MonkeyPatch) -> None:
    """The lines are served from their end."""

    def heads(lines: WaitingLines) -> Iterator[tuple[Place, LineKey]]:
        for key, line in lines.lines.items():
            yield [place for place, _ in line.items()][-1], key

    patch.setattr(WaitingLines, "heads", heads)


@pytest.mark.parametrize("breaks", [loses_the_clock, asks_who_is_in_wrap_up, serves_the_last_first])
def test_a_broken_router_is_found_and_its_day_shrunk(
    monkeypatch: pytest.MonkeyPatch, breaks: Callable[[pytest.MonkeyPatch], None]
) -> None:
    start, workload = made_day(SEED, CONTACTS, STAFF, HOURS)
    assert not fails(start, workload, SEED), "the router as it is"
    breaks(monkeypatch)
    start, workload = made_day(SEED, CONTACTS, STAFF, HOURS)
    assert fails(start, workload, SEED), f"{breaks.__name__} was not found"
    least = shrunk(workload, lambda fewer: fails(start, fewer, SEED))
    assert 1 <= len(least.arrivals) <= FEW, [one.interaction for one in least.arrivals]
    assert len(least.shifts) < len(workload.shifts)
