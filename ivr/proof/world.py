"""The world outside as a row of choices: calendars, queues and what is known of the contact.

Owns: which values are worth trying (from the constants of the site's own conditions) and a ``World`` that the engine
reads facts from and that remembers what it answered. Not here: what a contact does (``answers``).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from typing import Any, cast

from pydantic import PrivateAttr

from ivr.calendars import Calendar, State
from ivr.expressions import Node, parse
from ivr.session import Value
from ivr.site import Site
from ivr.step import Step
from ivr.steps.branch import Branch
from ivr.templates import parse_template
from ivr.values import as_number

from .divisors import divisors

OUTSIDE = ("contact.", "call.", "queue.")
LASTING = ("contact.", "call.", "calendar.")  # stays as it is through one call
NUMBER = "13800138000"  # a caller's, withheld otherwise
CLOCK = ("time", "date", "weekday")
TURN_BOUND = 64  # combinations tried in one turn
OPTIONS_BOUND = 8
_ORDERS = ("<", "<=", ">", ">=")


@dataclass(frozen=True, slots=True)
class Chosen:
    """One answer of the world, out of ``options``."""

    name: str
    value: Value
    options: tuple[Value, ...] = ()

    def __str__(self) -> str:
        """In words, for a path.

        >>> str(Chosen("calendar.service", "closed")), str(Chosen("contact.level", ""))
        ('calendar.service is closed', 'contact.level is unknown')
        """
        return f"{self.name} is {self.value if self.value != '' else 'unknown'}"


class World(Mapping[str, Value]):
    """Facts for one turn: ``known`` first, then ``forced`` answers in their order, then the first option of each."""

    def __init__(self, options: Mapping[str, tuple[Value, ...]], known: Mapping[str, Value], forced: tuple[Value, ...]):
        self._options, self._known, self._forced = options, known, forced
        self.made: dict[str, Chosen] = {}

    def choose(self, name: str, options: tuple[Value, ...]) -> Value:
        """The answer for ``name``: the same one for the whole turn."""
        if name in self._known:
            return self._known[name]
        if name not in self.made:
            number = len(self.made)
            value = self._forced[number] if number < len(self._forced) else options[0]
            self.made[name] = Chosen(name, value, options)
        return self.made[name].value

    def __getitem__(self, name: str) -> Value:
        if name not in self._options:
            raise KeyError(name)
        return self.choose(name, self._options[name])

    def __iter__(self) -> Iterator[str]:
        return iter(self._options)

    def __len__(self) -> int:
        return len(self._options)

    def __bool__(self) -> bool:
        return True

    def so_far(self) -> dict[str, Value]:
        """All that is known or was answered."""
        return {**self._known, **{name: one.value for name, one in self.made.items()}}

    def lasting(self) -> dict[str, Value]:
        """What was answered and stays so."""
        return {name: one.value for name, one in self.made.items() if name.startswith(LASTING)}


def alternatives(made: tuple[Chosen, ...], since: int) -> Iterator[tuple[Value, ...]]:
    """The other rows of answers that differ from ``made`` at one place from ``since`` on."""
    for index in range(since, len(made)):
        head = tuple(one.value for one in made[:index])
        yield from ((*head, other) for other in made[index].options if other != made[index].value)


class AnyCalendar(Calendar):
    """A calendar that is now in whatever state the world says; at other times it is itself."""

    _choose: Callable[[], Value] = PrivateAttr()
    _real: Calendar = PrivateAttr()
    _now: Callable[[], datetime] = PrivateAttr()

    def state(self, now: datetime) -> State:
        return cast(State, self._choose()) if now == self._now() else self._real.state(now)


def with_any_calendars(site: Site, choose: Callable[[str], Value], now: Callable[[], datetime]) -> Site:
    """The site with calendars that are at ``now()`` open and closed as ``choose(name)`` says."""
    made: dict[str, Calendar] = {}
    for name, calendar in site.calendars.items():
        fake = AnyCalendar.model_construct(open={}, holidays=[], exceptions={})
        fake._choose, fake._real, fake._now = partial(choose, name), calendar, now
        made[name] = fake
    return replace(site, calendars=made)


class Samples:
    """The values worth trying for every name that the site's conditions read."""

    def __init__(self, site: Site) -> None:
        self.read: dict[str, list[Value]] = {}
        self._fed: dict[str, set[str]] = {}
        for block in site.blocks.values():
            for step in block.steps:
                for node in conditions(step):
                    self._collect(node)
                for name in divisors(step):
                    self.read.setdefault(name, []).extend(_around("<", 0))
                self._feed(step)
        self._grow()
        self.options = {name: self.values(name) for name in self.read if name.startswith(OUTSIDE)}
        self.options["contact.language"] = ("", *site.languages)
        self.options["contact.known"] = ("", True)
        self.options["contact.number"] = (NUMBER, "")

    def values(self, name: str) -> tuple[Value, ...]:
        """An unknown value (0 waiting) first, then one on each side of every constant."""
        first: Value = 0 if name.startswith("queue.") else ""
        return tuple(dict.fromkeys((first, *self.read.get(name, ()))))[:OPTIONS_BOUND]

    def matters(self, name: str) -> bool:
        """Whether a condition reads it, itself or by way of ``set``."""
        return name in self.read

    def clipped(self, name: str, value: Value) -> Value:
        """Beyond all constants numbers are alike (so that counters end)."""
        number = as_number(value)
        bounds = [found for one in self.read.get(name, ()) if (found := as_number(one)) is not None]
        return max(min(0.0, *bounds), min(max(bounds), number)) if number is not None and bounds else value

    def _collect(self, node: Node) -> None:
        for name in node.names():
            self.read.setdefault(name, [])
        self._of(node)

    def _of(self, node: Node) -> None:
        if node.op == "name":  # a lone name: known or not
            self.read.setdefault(str(node.value), []).append("yes")
        names = [str(part.value) for part in node.parts if part.op == "name"]
        constants = [part.value for part in node.parts if part.op == "value"]
        constants += [one.value for part in node.parts if part.op == "list" for one in part.parts if one.op == "value"]
        for name in names:
            found = self.read.setdefault(name, [])
            for constant in constants:
                found += _around(node.op, constant)
            if not constants and node.op in ("known", "and", "or", "not"):
                found.append("yes")
        for part in node.parts:
            if part.op != "name":
                self._of(part)

    def _feed(self, step: Step) -> None:
        """Which values this step makes others of: ``set``, and what goes into and comes out of subflows."""
        for table in ("values", "given", "save"):
            found = getattr(step, table, None)
            for name, value in found.items() if isinstance(found, dict) else ():
                self._fed.setdefault(name, set()).update(_names(value))

    def _grow(self) -> None:
        """What feeds a value that matters, matters."""
        pending = [name for name in self.read if name in self._fed]
        while pending:
            for name in self._fed.get(pending.pop(), ()):
                if name not in self.read:
                    self.read[name] = []
                    pending.append(name)


def conditions(step: Step) -> Iterator[Node]:
    """Every condition of a step."""
    if isinstance(step, Branch):
        yield from (parse(case.when) for case in step.cases)


def _names(value: Any) -> set[str]:
    """What a template reads; a bare name is a result of a subflow."""
    if not isinstance(value, str):
        return set()
    inserts = [part for part in parse_template(value) if not isinstance(part, str)]
    return {value, *(name for insert in inserts for name in insert.node.names())}


def _around(operator: str, constant: Value) -> list[Value]:
    number = as_number(constant)
    if operator in _ORDERS and number is not None:
        return [_plain(number - 1), _plain(number), _plain(number + 1)]
    return [constant]


def _plain(number: float) -> Value:
    return int(number) if number.is_integer() else number
