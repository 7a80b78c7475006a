"""A file as read: its plain values, where each of them stands, and what could not be read.

Owns: the record. Not here: reading it (``strict_yaml``).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from .problems import Mark, Problem
from .yaml_pieces import Lost, lines_of

Path = tuple[str | int, ...]
INSERT = "$("
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
    source: str = ""  # the file's text

    def mark(self, path: Path, *, key: bool = False) -> Mark:
        """The place of ``path``, or of the nearest thing around it that has one."""
        for length in range(len(path), -1, -1):
            part = path[:length]
            if key and part in self.key_marks:
                return self.key_marks[part]
            if part in self.marks:
                return self.marks[part]
        return Mark(1, 1)

    def path_at(self, mark: Mark) -> Path:
        """What stands at a place: the innermost thing that begins there, or last before it."""
        found: tuple[Mark, int, Path] = (Mark(0, 0), 0, ())
        for path, one in (*self.marks.items(), *self.key_marks.items()):
            if one <= mark and (one, len(path)) >= found[:2]:
                found = one, len(path), path
        return found[2]

    def mark_of_insert(self, path: Path, number: int) -> Mark:
        """The place of a ``$(`` inside the text at ``path``, the ``number``-th from 0; the text's own place where it
        cannot be told: in an alias, which stands for a text elsewhere."""
        mark, text = self.mark(path), self.text(path)
        lines = lines_of(self.source)[mark.line - 1 :]
        if text.count(INSERT) <= number or not lines or lines[0].startswith("*", mark.column - 1):
            return mark
        column = mark.column - 1
        for line, words in enumerate(lines, mark.line):
            while (column := words.find(INSERT, column)) >= 0:
                if number == 0:
                    return Mark(line, column + 1)
                number, column = number - 1, column + 1
            column = 0
        return mark

    def mark_within(self, path: Path, at: int) -> Mark:
        """The place of the ``at``-th character of the text at ``path``, from 0; the text's own place where it is not
        written as it is: over several lines, with escapes, in an alias."""
        mark, text = self.mark(path), self.text(path)
        line = (lines_of(self.source)[mark.line - 1 : mark.line] or [""])[0]
        begin = mark.column - 1
        begin += line.startswith(("'", '"'), begin) and not text.startswith(line[begin])
        return Mark(mark.line, begin + at + 1) if text and line.startswith(text, begin) else mark

    def text(self, path: Path) -> str:
        """The text at ``path``, or around it (one text for all languages is kept under "*")."""
        value = self.value
        for part in path:
            if isinstance(value, dict) and part in value:
                value = value[str(part)]
            elif isinstance(value, list) and isinstance(part, int) and part < len(value):
                value = value[part]
        return value if isinstance(value, str) else ""

    def problem(
        self,
        path: Path,
        text: str,
        mend: str,
        code: str = "syntax",
        *,
        key: bool = False,
        insert: int | None = None,
        at: int | None = None,
    ) -> Problem:
        """``insert``: it is about that ``$(...)`` of the text there; ``at``: about that character of it."""
        mark = self.mark(path, key=key) if insert is None else self.mark_of_insert(path, insert)
        mark = mark if at is None else self.mark_within(path, at)
        return Problem(self.file, mark.line, mark.column, text, mend, code)
