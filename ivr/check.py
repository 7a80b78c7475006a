"""What every static check is.

Owns: the base class. Not here: the checks (``checks/``, one file each), running them (``checks.run``).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from .graph import Survey
from .problems import Place, Problem


class Check:
    """Base of all checks. ``code`` is the file's name; the first line of the docstring is its explanation."""

    code: ClassVar[str] = ""
    severity: ClassVar[str] = "error"
    chinese: ClassVar[dict[str, str]] = {}  # its English sentences, ``{}`` where they differ -> the same in Chinese
    is_proof: ClassVar[bool] = False  # walks all paths: done last, and not through files with errors

    def find(self, survey: Survey) -> Iterator[Problem]:
        """Every problem of this kind in the site."""
        raise TypeError(f"{self.code} finds nothing")

    def problem(self, place: Place, text: str, mend: str) -> Problem:
        return Problem(place.file, place.line, place.column, text, mend, self.code, self.severity)
