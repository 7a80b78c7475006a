"""A file as read: its plain values, where each of them stands, and what could not be read.

Owns: the record. Not here: reading it (``strict_yaml``).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from .problems import Mark, Problem
from .yaml_pieces import Lost

Path = tuple[str | int, ...]
Plain = Any  # dict[str, Plain] | list[Plain] | str | int | float | bool | None


@dataclass(slots=True)
class Document:
    """A file's values; ``marks`` are the places of values, ``key_marks`` those of the keys that name them."""

    file: str
    value: Plain = None
    marks: dict[Path, Mark] = field(default_factory=dict)
    key_marks: dict[Path, Mark] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    lost: list[Lost] = field(default_factory=list)  # what could not be read, wherever it stands

    def mark(self, path: Path, *, key: bool = False) -> Mark:
        """The place of ``path``, or of the nearest thing around it that has one."""
        for length in range(len(path), -1, -1):
            part = path[:length]
            if key and part in self.key_marks:
                return self.key_marks[part]
            if part in self.marks:
                return self.marks[part]
        return Mark(1, 1)

    def problem(self, path: Path, text: str, mend: str, code: str = "syntax", *, key: bool = False) -> Problem:
        mark = self.mark(path, key=key)
        return Problem(self.file, mark.line, mark.column, text, mend, code)
