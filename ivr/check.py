"""What every static check is.

Owns: the base class. Not here: the checks (``checks/``, one file each), running them (``checks.run``).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from .graph import Survey
from .problems import Place, Problem
from .unread import Unread


class Check:
    """Base of all checks. ``code`` is the file's name; the first line of the docstring is its explanation."""

    code: ClassVar[str] = ""
    severity: ClassVar[str] = "error"
    chinese: ClassVar[dict[str, str]] = {}  # its English sentences, ``{}`` where they differ -> the same in Chinese
    needs_names: ClassVar[tuple[str, ...]] = ()  # settings all of whose entries must be known by name
    needs_settings: ClassVar[tuple[str, ...]] = ()  # settings of which nothing may be unknown
    is_proof: ClassVar[bool] = False  # walks all paths: done last, and not through files with errors

    def find(self, survey: Survey) -> Iterator[Problem]:
        """Every problem of this kind in the site."""
        raise TypeError(f"{self.code} finds nothing")

    def can_judge(self, unread: Unread) -> bool:
        """Whether what it looks at could be read: it must not tell what follows from another mistake alone."""
        return not (unread.names.intersection(self.needs_names) or unread.settings.intersection(self.needs_settings))

    def problem(self, place: Place, text: str, mend: str) -> Problem:
        return Problem(place.file, place.line, place.column, text, mend, self.code, self.severity)
