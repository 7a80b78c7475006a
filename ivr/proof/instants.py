"""Instants worth trying: one for every way in which the site's conditions on time, date and weekday can turn out.

Owns: choosing them. Not here: calendars, which answer from the world (``world``).
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from itertools import product
from zoneinfo import ZoneInfo

from ivr.evaluation import evaluate
from ivr.expressions import ExpressionError, Node
from ivr.scene import Scene
from ivr.session import Session, Value
from ivr.site import Site

from .world import CLOCK, conditions

ORDINARY = datetime(2026, 11, 25, 10, 0)  # a Wednesday
INSTANTS_BOUND = 24


def instants(site: Site) -> tuple[float, ...]:
    """UTC seconds, an ordinary hour first."""
    zone = ZoneInfo(site.timezone)
    ordinary = ORDINARY.replace(tzinfo=zone).timestamp()
    clauses = clauses_of(site)
    if not clauses:
        return (ordinary,)
    found = {_outcome(site, clauses, ordinary): ordinary}
    constants = [str(part.value) for clause in clauses for part in _values(clause)]
    for day, minute in product(_days(constants), _minutes(constants)):
        at = (datetime.combine(day, datetime.min.time(), zone) + timedelta(minutes=minute)).astimezone(UTC).timestamp()
        if len(found) < INSTANTS_BOUND:
            found.setdefault(_outcome(site, clauses, at), at)
    return tuple(found.values())


def outcomes(site: Site, at: float) -> tuple[Value, ...]:
    """How every condition on the clock turns out at ``at``."""
    return _outcome(site, clauses_of(site), at)


def clauses_of(site: Site) -> list[Node]:
    """Every comparison of the site that reads the clock and nothing else."""
    return [clause for block in site.blocks.values() for step in block.steps for clause in _clauses(conditions(step))]


def _clauses(nodes: Iterator[Node]) -> Iterator[Node]:
    """The smallest comparisons that read the clock and nothing else."""
    for node in nodes:
        names = node.names()
        if names and names <= set(CLOCK) and node.op not in ("and", "or", "not"):
            yield node
        else:
            yield from _clauses(iter(node.parts))


def _values(node: Node) -> Iterator[Node]:
    if node.op == "value":
        yield node
    for part in node.parts:
        yield from _values(part)


def _days(constants: list[str]) -> list[date]:
    days = [ORDINARY.date() + timedelta(days=number) for number in range(7)]
    for text in constants:
        try:
            named = date.fromisoformat(text)
        except ValueError:
            continue
        days += [named - timedelta(days=1), named, named + timedelta(days=1)]
    return days


def _minutes(constants: list[str]) -> list[int]:
    minutes = {0, 10 * 60, 23 * 60 + 59}
    for text in constants:
        hour, _, minute = text.partition(":")
        if hour.isdigit() and minute.isdigit():
            named = int(hour) * 60 + int(minute)
            minutes.update(one for one in (named - 1, named, named + 1) if 0 <= one < 24 * 60)
    return sorted(minutes)


def _outcome(site: Site, clauses: list[Node], at: float) -> tuple[Value, ...]:
    scene = Scene(site, Session(flow="", medium="voice", language=site.default_language), at)
    return tuple(_value(clause, scene) for clause in clauses)


def _value(clause: Node, scene: Scene) -> Value:
    try:
        return evaluate(clause, scene.lookup)
    except ExpressionError:
        return "fails"
