"""A file that is no YAML as a whole, read entry by entry, so that each mistake costs only its own entry.

Owns: putting together what can be read, with its places in the file. Not here: where entries begin (``yaml_pieces``),
reading one (``strict_yaml``).
"""

from __future__ import annotations

from collections.abc import Callable

from .document import Document, Path, Plain
from .problems import Mark, Problem, quote
from .yaml_pieces import Lost, Piece, children, settings

TOO_MANY = "split the file: 'goto: flow.section' leads into another flow"
Reader = Callable[[Document, str, int], tuple[Problem, bool] | None]


class Recovery:
    """A file that is no YAML as a whole, read entry by entry: what can be read has its value, the rest is ``Lost``."""

    def __init__(self, file: str, anchors: frozenset[str], read: Reader, bound: int) -> None:
        self._document = Document(file, value={})
        self._anchors = anchors
        self._read = read
        self._left = bound

    def read(self, parts: tuple[Piece, ...]) -> Document:
        for piece in parts:
            part, problem = self._try(piece)
            if problem is None:
                self._keep(piece, part)
            elif not (inner := children(piece)):
                self._lose(piece, problem)
            else:
                self._inside(piece, inner, problem)
        return self._document

    def _try(self, piece: Piece) -> tuple[Document, Problem | None]:
        """The piece alone; nodes count for the file."""
        part = Document(self._document.file)
        found = self._read(part, piece.text, piece.offset)
        self._left -= len(part.marks)
        if found is None and self._left < 0:
            return part, Problem(part.file, piece.line, 1, "too many values", TOO_MANY, "yaml")
        return part, found[0] if found is not None else None

    def _keep(self, piece: Piece, part: Document) -> None:
        for key, value in part.value.items() if isinstance(part.value, dict) else ():
            if key in self._document.value:
                first = self._document.key_marks[(key,)].line
                self._twice(key, part.key_marks[(key,)], first)
            self._document.value[key] = value
        self._document.marks.update(part.marks)
        self._document.key_marks.update(part.key_marks)
        self._document.problems += part.problems

    def _twice(self, key: str, mark: Mark, first: int) -> None:
        text = f"the key {quote(key)} is here twice (first in line {first})"
        self._document.problems.append(
            Problem(self._document.file, mark.line, mark.column, text, "keep one of them", "yaml")
        )

    def _lose(self, piece: Piece, problem: Problem) -> None:
        lost = Lost(piece.text)
        self._document.lost.append(lost)
        if piece.key:
            self._document.value.setdefault(piece.key, lost)
            self._document.key_marks.setdefault((piece.key,), Mark(piece.line, 1))
            self._document.marks.setdefault((piece.key,), Mark(piece.line, 1))
        self._tell(problem)

    def _tell(self, problem: Problem) -> None:
        """Not of an alias whose anchor stands in another entry."""
        if problem.text.removeprefix("unknown alias *") not in self._anchors:
            self._document.problems.append(problem)

    def _inside(self, piece: Piece, inner: tuple[Piece, ...], problem: Problem) -> None:
        """The entries below one key, each by itself: steps of a section, or settings of one kind."""
        values: list[Plain] | dict[str, Plain] = [] if inner[0].is_item else {}
        is_explained = False
        for child in inner:
            part, wrong = self._try(child)
            held = part.value.get(piece.key) if isinstance(part.value, dict) else None
            if wrong is None and type(held) is not type(values):
                wrong = problem
            if wrong is not None:
                self._explain(child, wrong)
                is_explained = True
            self._document.problems += part.problems
            self._add(values, child, held if wrong is None else None, part)
        if not is_explained:
            self._document.problems.append(problem)
        self._document.value.setdefault(piece.key, values)
        mark = Mark(piece.line, 1)
        self._document.key_marks.setdefault((piece.key,), mark)
        self._document.marks[(piece.key,)] = Mark(inner[0].line, inner[0].column)

    def _explain(self, child: Piece, wrong: Problem) -> None:
        """Every mistake of an entry that is lost, where its own entries can be told apart and hold that one."""
        tried = [self._try(inner)[1] for inner in settings(child)]
        found = [problem for problem in tried if problem is not None]
        for problem in found if any(one.line == wrong.line for one in found) else [wrong]:
            self._tell(problem)

    def _add(self, values: list[Plain] | dict[str, Plain], child: Piece, held: Plain, part: Document) -> None:
        """One entry to its fellows, its marks moved to where it comes to stand."""
        lost = Lost(child.text)
        if isinstance(values, list):
            path: Path = (child.key, len(values))
            values.append(held[0] if held else lost)
        else:
            path = (child.key,)
            values.update(held or {child.name: lost})
        if held is None:
            self._document.lost.append(lost)
            own: Path = path if isinstance(values, list) else (*path, child.name)
            self._document.marks[own] = self._document.key_marks[own] = Mark(child.line, child.column)
            return
        for marks, found in ((self._document.marks, part.marks), (self._document.key_marks, part.key_marks)):
            for place, mark in found.items():
                if len(place) > 1:
                    marks[(*path, *place[len(path) :])] = mark
