"""One scenario as data: who takes part, and the steps in order (what is done, what must be seen). Pure.

A step is a list. ``["do", who, verb, {...}]`` acts; ``["see", who, kind, leg, label]`` must come before the next
``do`` and in this order per leg (``"may"`` for ``"see"``: it may be missing, a race in FreeSWITCH); ``["pause",
seconds]`` lets time pass, ``["wait", seconds]`` allows what follows to take that long. ``{A}`` ``{J1}`` ``{lab}``
stand for ids and places of the run. Not here: playing (``play``).
"""

from __future__ import annotations

import functools
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent / "scenarios"
HEADERS = Path(__file__).parent / "headers.json"  # shared by all scenarios, because most sets come back often
ORDERS = Path(__file__).parent / "orders.json"


@dataclass(frozen=True)
class Do:
    who: str
    verb: str
    args: dict[str, Any]


@dataclass(frozen=True)
class See:
    """``leg`` is a letter for events, a call number for a phone's messages, else empty."""

    who: str
    kind: str
    label: str = ""
    leg: str = ""
    headers: dict[str, str | None] | None = None  # what changed since the leg's last event here; None: any value
    gone: tuple[str, ...] = ()
    is_sure: bool = True
    order: str = ""  # digest of its headers' order (``order``), where FreeSWITCH keeps one


@dataclass(frozen=True)
class Pause:
    seconds: float
    is_sleep: bool = True


Step = Do | See | Pause


@dataclass(frozen=True)
class Scenario:
    name: str
    shows: str
    phones: dict[str, dict[str, str]]
    steps: tuple[Step, ...]
    legs: dict[str, list[str]] = field(default_factory=dict)
    is_watched: bool = False  # ids of legs are needed before the scenario's own connections tell them
    own: tuple[str, ...] = ()  # ids that the controller chooses (origination_uuid)

    @property
    def seconds(self) -> float:
        """How long it takes at least."""
        return sum(step.seconds for step in self.steps if isinstance(step, Pause))


def load(path: Path) -> Scenario:
    """Read one scenario file."""
    raw = json.loads(path.read_text(encoding="utf-8"))
    steps = tuple(_ordered([_step(step) for step in raw["steps"]], orders().get(path.stem, "")))
    own = tuple(raw.get("own", ()))
    return Scenario(path.stem, raw["shows"], raw["phones"], steps, raw.get("legs", {}), raw.get("watch", False), own)


def names() -> list[str]:
    return sorted(path.stem for path in FOLDER.glob("*.json"))


def wanted(chosen: str) -> list[str]:
    """The names to play: all, or those that match a pattern (``out_pagd*``) or a comma-separated list of them."""
    patterns = [part for part in chosen.split(",") if part] or ["*"]
    return [name for name in names() if any(fnmatchcase(name, pattern) for pattern in patterns)]


def _step(raw: list[Any]) -> Step:
    if raw[0] in ("pause", "wait"):
        return Pause(raw[1], raw[0] == "pause")
    if raw[0] == "do":
        return Do(raw[1], raw[2], raw[3] if len(raw) > 3 else {})
    _, who, kind, leg, label, *rest = raw
    headers, gone = header_set(rest[0]) if rest else (None, ())
    return See(who, kind, label, leg, headers, gone, raw[0] == "see")


def _ordered(steps: list[Step], digests: str) -> Iterator[Step]:
    """Each step that has headers with the next digest; ``-``: FreeSWITCH keeps no order there."""
    left = iter(digests.split())
    for step in steps:
        is_ordered = isinstance(step, See) and step.headers is not None
        yield replace(step, order=next(left, "").strip("-")) if is_ordered and isinstance(step, See) else step


@functools.cache
def orders() -> dict[str, str]:
    """Scenario name -> the digests of its events."""
    return json.loads(ORDERS.read_text(encoding="utf-8")) if ORDERS.exists() else {}


def header_set(number: int) -> tuple[dict[str, str | None], tuple[str, ...]]:
    """One entry of headers.json: what is new or changed since the leg's last event there, and what is gone."""
    table = _header_table()
    told, _, gone = table["sets"][number].partition("-")
    pairs = table["pairs"]
    return dict(pairs[pair] for pair in numbers(told)), tuple(pairs[pair][0] for pair in numbers(gone))


def numbers(text: str) -> Iterator[int]:
    """``3 5:7`` is 3, 5, 6, 7."""
    for word in text.split():
        first, _, last = word.partition(":")
        yield from range(int(first), int(last or first) + 1)


def spans(wanted: Iterable[int]) -> str:
    """The opposite of ``numbers``."""
    runs: list[list[int]] = []
    for number in sorted(wanted):
        if runs and number == runs[-1][1] + 1:
            runs[-1][1] = number
        else:
            runs.append([number, number])
    return " ".join(str(first) if first == last else f"{first}:{last}" for first, last in runs)


@functools.cache
def _header_table() -> dict[str, Any]:
    return json.loads(HEADERS.read_text(encoding="utf-8"))
