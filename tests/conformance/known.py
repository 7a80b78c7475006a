"""Reads KNOWN_DIFFERENCES.md: which differences between the soft switch and FreeSWITCH are deliberate, and why. Pure.

One row of its table is a scenario pattern, a difference pattern (both with ``*``) and a reason. Not here: what is
compared (``compare``).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path

FILE = Path(__file__).parent / "KNOWN_DIFFERENCES.md"


@dataclass(frozen=True)
class Known:
    """One deliberate difference. ``only`` is ``soft`` (the soft switch differs), ``real`` (another build of
    FreeSWITCH) or ``both`` (FreeSWITCH itself varies).
    """

    scenario: str
    pattern: str
    only: str
    reason: str

    def covers(self, scenario: str, difference: str, switch: str) -> bool:
        pattern = self.pattern.replace("[", "[[]")
        return (
            self.only in ("both", switch) and fnmatchcase(scenario, self.scenario) and fnmatchcase(difference, pattern)
        )


def read(text: str) -> list[Known]:
    """The rows of the first table whose header starts with ``| scenario``."""
    rows = re.findall(r"(?m)^\| `([^`]+)` \| `([^`]+)` \| (soft|both|real) \| (.+?) \|$", text)
    return [Known(*row) for row in rows]


def not_yet(text: str) -> dict[str, str]:
    """Scenario name -> what is missing, from the list under "## Not yet"."""
    return dict(re.findall(r"(?m)^- `(\w+)`: (.+)$", text.partition("## Not yet")[2]))


def unknown(scenario: str, differences: Iterable[str], known: Iterable[Known], switch: str) -> list[str]:
    """The differences that no row covers."""
    rows = list(known)
    return [text for text in differences if not any(row.covers(scenario, text, switch) for row in rows)]
