"""What a benchmark prints: one line per figure, with its goal, under a line that says what machine it was.

Owns: the table, ``--json``, percentiles, the description of the machine. Not here: what is measured.

    report = Report("softswitch")
    report.add("calls per second", 61.2, "/s", at_least=50)
    report.print(as_json=False)
"""

from __future__ import annotations

import json
import os
import platform
import time
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field


@dataclass(frozen=True, slots=True)
class Figure:
    """One number. ``goal``: what it should be, in words; ``met``: whether it is, None where there is no goal."""

    name: str
    value: float
    unit: str = ""
    goal: str = ""
    met: bool | None = None

    def line(self) -> str:
        """``calls per second   61.2 /s   goal: at least 50   met``."""
        verdict = "" if self.met is None else f"   goal: {self.goal:<14} {'met' if self.met else 'MISSED'}"
        return f"{self.name:<58} {shown(self.value):>10} {self.unit:<6}{verdict}".rstrip()


@dataclass
class Report:
    """The figures of one run, in the order they were taken."""

    bench: str
    machine: str = field(default_factory=lambda: machine())
    figures: list[Figure] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def add(
        self, name: str, value: float, unit: str = "", *, at_least: float | None = None, at_most: float | None = None
    ) -> None:
        """Keep one figure, with its goal if it has one."""
        if at_least is not None:
            self.figures.append(Figure(name, value, unit, f"at least {at_least:g}", value >= at_least))
        elif at_most is not None:
            self.figures.append(Figure(name, value, unit, f"at most {at_most:g}", value <= at_most))
        else:
            self.figures.append(Figure(name, value, unit))

    def print(self, *, as_json: bool) -> None:
        """To stdout; the load is looked at once more."""
        if as_json:
            print(json.dumps({**asdict(self), "load_after": load()}, ensure_ascii=False))
            return
        print(f"{self.bench}: {self.machine}")
        for figure in self.figures:
            print("  " + figure.line())
        for note in self.notes:
            print("  note: " + note)
        print(f"  load afterwards {load()}")


def machine() -> str:
    """``2026-11-22, 2 cores, load 4.9, Python 3.11.2, Linux 6.1 x86_64``."""
    today = time.strftime("%Y-%m-%d", time.gmtime())
    system = f"{platform.system()} {platform.release().split('-')[0]} {platform.machine()}"
    return f"{today}, {os.cpu_count()} cores, load {load()}, Python {platform.python_version()}, {system}"


def load() -> float:
    """How many processes wanted a core during the last minute: above the number of cores, everything is late."""
    return round(os.getloadavg()[0], 1)


def shown(value: float) -> str:
    """Three digits that count; whole numbers whole."""
    if value == int(value) and abs(value) < 1e9:
        return f"{int(value):,}"
    return f"{value:,.1f}" if abs(value) >= 100 else f"{value:.2f}" if abs(value) >= 0.1 else f"{value:.3f}"


def share(values: Iterable[float], part: float) -> float:
    """The value that ``part`` of them do not exceed; nan where there are none.

    >>> share([1, 2, 3, 4], 0.5)
    2
    """
    ordered = sorted(values)
    return ordered[max(0, min(len(ordered) - 1, int(part * len(ordered) - 1e-9)))] if ordered else float("nan")
