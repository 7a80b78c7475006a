"""A day lived again under other settings, by the same router, several times over what nobody can know (the seeds).

figures = lived_again(start, workload, settings, seeds=range(5))
figures["sales"].service_level      # (least, middle, most) over the seeds
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from statistics import fmean, median

from eslapp.core import events as e
from eslapp.core.events import Event
from eslapp.core.settings import Settings
from eslapp.core.world import World, build

from .day import Day
from .people import People
from .workload import Workload

Range = tuple[float, float, float]  # least, middle, most over the seeds


@dataclass(frozen=True, slots=True)
class Figures:
    """One queue in one life of the day. ``service_level``: answered in time, of all who came (strict)."""

    came: int
    served: int
    left: int
    service_level: float
    mean_wait_s: float
    p95_wait_s: float


@dataclass(frozen=True, slots=True)
class Outlook:
    """One queue over the seeds."""

    came: int
    served: Range
    left: Range
    service_level: Range
    mean_wait_s: Range
    p95_wait_s: Range


@dataclass(slots=True)
class Told:
    """The queues, and who served whom in the first life: interaction -> agent."""

    queues: dict[str, Outlook] = field(default_factory=dict)
    served_by: dict[str, str] = field(default_factory=dict)
    work: Counter[str] = field(default_factory=Counter)  # agent -> how many in the first life


def lived_again(start: World, workload: Workload, settings: Settings, seeds: Iterable[int]) -> Told:
    """The day under these settings, once per seed. Whoever was in line or in a talk as it began is left out."""
    lives: dict[str, list[Figures]] = {}
    revisions = tuple(replace(one, settings=_ready(one.settings)) for one in workload.revisions)
    workload = replace(workload, revisions=revisions)
    told = Told()
    for number, seed in enumerate(seeds):
        day = Day(_empty(start, settings), workload, People(workload, seed))
        day.live()
        for queue, figures in figures_of(day.log, workload, settings).items():
            lives.setdefault(queue, []).append(figures)
        if number == 0:
            told.served_by = {name: event.agent for name, event in first_talks(day.log).items()}
            told.work = Counter(told.served_by.values())
    told.queues = {queue: outlook(figures) for queue, figures in lives.items()}
    return told


def _ready(settings: Settings) -> Settings:
    is_asked = settings.rules.readiness == "audible"
    return replace(settings, rules=replace(settings.rules, readiness="registered")) if is_asked else settings


def _empty(world: World, settings: Settings) -> World:
    """Nobody in line. Phones are as good as they were registered: tests of them are no part of a day lived again."""
    empty = build(_ready(settings), agents=world.agents.values(), turns=dict(world.turns.items()))
    return replace(empty, closed=world.closed)


def as_it_was(workload: Workload, settings: Settings) -> dict[str, Figures]:
    """The figures of the day itself."""
    waits = {one.interaction: one.waited_s for one in workload.arrivals if one.waited_s is not None}
    return _figures(workload, waits, settings)


def figures_of(log: Sequence[Event], workload: Workload, settings: Settings) -> dict[str, Figures]:
    """The figures of one life."""
    came = {arrival.interaction: arrival.at for arrival in workload.arrivals}
    waits = {name: event.at - came[name] for name, event in first_talks(log).items() if name in came}
    return _figures(workload, waits, settings)


def first_talks(log: Sequence[Event]) -> dict[str, e.InteractionConnected]:
    """Of each contact; who is handed on has been served."""
    talks: dict[str, e.InteractionConnected] = {}
    for event in log:
        if isinstance(event, e.InteractionConnected):
            talks.setdefault(event.interaction, event)
    return talks


def _figures(workload: Workload, waits: Mapping[str, float], settings: Settings) -> dict[str, Figures]:
    settings = workload.revisions[-1].settings if workload.revisions else settings
    by_queue: dict[str, list[str]] = {}
    for arrival in workload.arrivals:
        by_queue.setdefault(arrival.queue, []).append(arrival.interaction)
    return {queue: _of_queue(names, waits, settings.queue(queue).target_s) for queue, names in sorted(by_queue.items())}


def _of_queue(names: list[str], waits: Mapping[str, float], target_s: float) -> Figures:
    waited = sorted(waits[name] for name in names if name in waits)
    in_time = sum(wait <= target_s for wait in waited)
    return Figures(
        came=len(names),
        served=len(waited),
        left=len(names) - len(waited),
        service_level=in_time / len(names),
        mean_wait_s=fmean(waited) if waited else 0.0,
        p95_wait_s=waited[min(len(waited) - 1, int(len(waited) * 0.95))] if waited else 0.0,
    )


def outlook(lives: Sequence[Figures]) -> Outlook:
    """The ranges over several lives."""

    def span(name: str) -> Range:
        values = [float(getattr(one, name)) for one in lives]
        return (min(values), median(values), max(values))

    return Outlook(
        came=lives[0].came,
        served=span("served"),
        left=span("left"),
        service_level=span("service_level"),
        mean_wait_s=span("mean_wait_s"),
        p95_wait_s=span("p95_wait_s"),
    )
