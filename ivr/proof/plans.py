"""Which calls to place so that every way of a flow is gone once, and what each brings along.

Owns: choosing paths, the hour at which a path can happen, its script. Not here: SIPp's XML (``scenarios``).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta

from ivr.calendars import local_time
from ivr.durations import seconds
from ivr.early_media import is_answered_by
from ivr.effects import Ask
from ivr.session import Value
from ivr.site import Site
from ivr.step import VOICE
from ivr.waits import KeysPressed, Performed

from .almanac import CALENDAR, DAYS, MINUTES, almanac_of
from .explore import Edge, Exploration, explore
from .instants import instants, outcomes
from .marks import mark
from .paths import Path, covering, word_of, words
from .rehearsal import SCRIPTED, Rehearsal
from .world import LASTING

FAILS = " fails"  # the end of such an answer in words


@dataclass(frozen=True, slots=True)
class Wait:
    """One wait of a call: its mark, the step, what is said, the keys pressed in answer ("" none), and how many seconds
    it lasts at most."""

    mark: str
    place: str
    says: str
    keys: str
    answer: str
    lasts_s: float


@dataclass(frozen=True, slots=True)
class Plan:
    """One call. ``told``: the path in words; ``why_not``: why it cannot be placed, "" where it can."""

    number: str
    told: str
    waits: tuple[Wait, ...]
    rehearsal: Rehearsal
    outcome: str
    why_not: str = ""

    @property
    def fails_at(self) -> str:
        """The steps at which something fails, e.g. ``shipped[0]``."""
        places = (wait.place.split()[0].partition(".")[2] for wait in self.waits if wait.answer.endswith(FAILS))
        return ", ".join(dict.fromkeys(places)) or "another step"


def plans(site: Site, flow: str, number: str, *, silence_s: float = 0.0) -> list[Plan]:
    """Calls to ``number`` that together go every way of ``flow``; ``silence_s`` shortens the wait for keys."""
    walk = explore(site, flow, VOICE)
    found = covering(walk, may=lambda edge: True, is_end=lambda node: node.is_over, alike=_alike)
    return _told_apart(sorted((_plan(walk, path, number, silence_s) for path in found), key=lambda plan: plan.told))


def _told_apart(found: list[Plan]) -> list[Plan]:
    """Plans whose paths read alike say where something fails, too."""
    count = Counter(plan.told for plan in found)
    return [replace(plan, told=f"{plan.told}, at {plan.fails_at}") if count[plan.told] > 1 else plan for plan in found]


def _alike(edge: Edge) -> object:
    """Edges that need not be gone twice."""
    source, target = edge.source, edge.target.session
    at = (source.session.block, source.session.index) if source is not None else ("", 0)
    happening = edge.happening
    word = happening.type if isinstance(happening, Performed) else word_of(edge)
    return at, word, edge.target.is_over, target.block, target.index, target.cause


def _plan(walk: Exploration, path: Path, number: str, silence_s: float) -> Plan:
    known = {one.name: one.value for edge in path for one in edge.chosen if one.name.startswith(LASTING)}
    at = path[0].target.at
    states = {name.removeprefix(CALENDAR): value for name, value in known.items() if name.startswith(CALENDAR)}
    instant = instant_for(walk.site, at, states)
    facts = {one.name: one.value for edge in path for one in edge.chosen if one.name.startswith("queue.")}
    script = tuple(
        edge.happening if edge.happening is not None and edge.happening.type in SCRIPTED else None
        for edge in path
        if edge.source is not None
    )
    of_contact = {name: value for name, value in known.items() if not name.startswith(CALENDAR)}
    rehearsal = Rehearsal(instant or at, of_contact, facts, script, silence_s)
    end = path[-1].turn.session
    waited = tuple(_wait(walk.site, edge) for edge in _answered(walk.site, path, number))
    why_not = "" if waited else "it ends before the call is answered"
    return Plan(
        number=number,
        told=words(path),
        waits=waited,
        rehearsal=rehearsal,
        outcome=end.outcome or end.cause,
        why_not=why_not if instant is not None else "no hour has these calendars in these states",
    )


def _answered(site: Site, path: Path, number: str) -> Iterator[Edge]:
    """The waits of which the phone is told: not those of early media."""
    is_answered = number not in site.early_numbers
    for edge in path:
        if edge.source is not None:
            effects = edge.source.turn.effects
            is_answered = is_answered or any(is_answered_by(effect, edge.happening) for effect in effects)
            if is_answered:
                yield edge


def _wait(site: Site, edge: Edge) -> Wait:
    assert edge.source is not None
    turn = edge.source.turn
    effect = turn.effects[-1]
    said = (*getattr(effect, "speech", ()), *getattr(effect, "greeting", ()))
    says = " ".join(
        getattr(part, "text", "") or getattr(part, "path", "") or getattr(part, "value", "") for part in said
    )
    keys = edge.happening.digits if isinstance(edge.happening, KeysPressed) else ""
    if keys and isinstance(effect, Ask) and effect.ends and len(keys) < effect.max:
        keys += effect.ends[0]
    session = turn.session
    return Wait(
        mark(turn),
        f"{session.block}[{session.index}] {session.verb}",
        says,
        keys,
        word_of(edge),
        seconds(site, said) + getattr(effect, "first_s", 0.0),
    )


def instant_for(site: Site, at: float, states: Mapping[str, Value]) -> float | None:
    """An hour at which the calendars are in these states and the clock's conditions turn out as at ``at``."""
    if _fits(site, at, states):
        return at
    if len(instants(site)) == 1:
        return almanac_of(site).hour({CALENDAR + name: state for name, state in states.items()})
    wanted = outcomes(site, at)
    first = local_time(at, site.timezone).replace(hour=0, minute=0)
    for number in range(DAYS):
        for minute in MINUTES:
            candidate = (first + timedelta(days=number, minutes=minute)).timestamp()
            if outcomes(site, candidate) == wanted and _fits(site, candidate, states):
                return candidate
    return None


def _fits(site: Site, at: float, states: Mapping[str, Value]) -> bool:
    now = local_time(at, site.timezone)
    return all(site.calendars[name].state(now) == state for name, state in states.items())
