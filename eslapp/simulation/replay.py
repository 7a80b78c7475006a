"""Plays a log through the router again: every decision must come out as it was written.

report = replay(log, since, until)        # log: (sequence, event) from the very beginning
report.decisions, report.differing
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from eslapp.core.events import DecisionMade, Event, SettingsAdopted
from eslapp.core.matching import matches, nobody_free
from eslapp.core.model import Receipt
from eslapp.core.world import World, build, evolve, rebuilt


@dataclass(frozen=True, slots=True)
class Difference:
    """A decision that came out otherwise. ``again``: what the router says now, None: nothing at all."""

    sequence: int
    written: Receipt
    again: Receipt | None


@dataclass(slots=True)
class Report:
    """``skipped``: decisions from before the log knew its settings."""

    events: int = 0
    decisions: int = 0
    skipped: int = 0
    differing: list[Difference] = field(default_factory=list)


def replay(log: Iterable[tuple[int, Event]], since: float, until: float) -> Report:
    """Everything is played, what is between the instants is compared."""
    report, world = Report(), None
    for sequence, event in log:
        if isinstance(event, DecisionMade) and since <= event.at < until:
            if world is None:
                report.skipped += 1
            else:
                report.decisions += 1
                again = decided_again(world, event.receipt)
                if again != event.receipt:
                    report.differing.append(Difference(sequence, event.receipt, again))
        world = after(world, event)
        report.events += 1
    return report


def after(world: World | None, event: Event) -> World | None:
    """The world after one event of a log; None until the log says under which settings."""
    if isinstance(event, SettingsAdopted):
        return rebuilt(world, event.settings) if world is not None else build(event.settings)
    return evolve(world, event) if world is not None else None


def decided_again(world: World, written: Receipt) -> Receipt | None:
    """What the router decides on this world; with the written id, so that only the decision is compared."""
    if written.winner:
        made = next(matches(world, written.at, lambda: written.id), [])
    else:
        interaction = world.interaction(written.interaction)
        made = nobody_free(world, interaction, written.at, lambda: written.id) if interaction is not None else []
    receipts = [event.receipt for event in made if isinstance(event, DecisionMade)]
    return replace(receipts[0], id=written.id) if receipts else None
