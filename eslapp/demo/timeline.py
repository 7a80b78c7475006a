"""The live timeline of a demonstration: one line per thing that was really observed, and the verdict.

>>> timeline = Timeline(print_line=print)
>>> timeline.saw("customer", "hears the welcome", "欢迎词")  # doctest: +ELLIPSIS
  ...  customer  hears the welcome  欢迎词
>>> timeline.ok
True
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field

STYLES = {"customer": "cyan", "visitor": "magenta", "agent": "green", "queue": "yellow", "system": "dim"}


class Unseen(Exception):
    """Something that had to happen was not observed; the text says what, and for how long it was waited for."""


@dataclass(slots=True)
class Timeline:
    """``lines`` keeps ``(seconds, who, english, chinese)``; ``failures`` what was not observed."""

    print_line: Callable[[str], None]
    started: float = field(default_factory=time.monotonic)
    lines: list[tuple[float, str, str, str]] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)

    @property
    def ok(self) -> bool:
        """Whether everything was observed so far."""
        return not self.failures

    def saw(self, who: str, english: str, chinese: str = "") -> None:
        """Note something observed."""
        at = time.monotonic() - self.started
        self.lines.append((at, who, english, chinese))
        self.print_line(f"{at:7.1f}s  {who:<8}  {english}  {chinese}".rstrip())

    def missed(self, text: str) -> None:
        """Note something that should have been observed."""
        self.failures.append(text)
        self.print_line(f"{time.monotonic() - self.started:7.1f}s  NOT SEEN  {text}")
