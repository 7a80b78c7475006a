"""A step that could not be read: it stands where the author wrote it, and nobody knows what it does.

Owns: the step, and the names that unreadable text may mention. Not here: cutting YAML (``yaml_pieces``). No site that
is in force has such a step; checks of a site with mistakes do.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, ClassVar

from pydantic import PrivateAttr

from .step import Exit, Step
from .yaml_pieces import Lost


class Unreadable(Step):
    """Leads nowhere as far as is known; ``mentions``: sections, flows and values it may be about."""

    verb: ClassVar[str] = "unreadable"

    mentions: frozenset[str] = frozenset()

    _rest: Step | None = PrivateAttr(default=None)

    def keep(self, rest: Step | None) -> None:
        """Remember the step without what is wrong in it, for checks of its other words."""
        self._rest = rest

    @property
    def rest(self) -> Step | None:
        """The step as far as it is right; None where hardly anything is."""
        return self._rest

    def exits(self) -> Iterator[Exit]:
        yield Exit("unknown", ends=True)


def words_in(raw: Any) -> frozenset[str]:
    """Every word of a value as read from YAML."""
    if isinstance(raw, dict):
        return frozenset().union(*(words_in(part) for pair in raw.items() for part in pair))
    if isinstance(raw, list | tuple):
        return frozenset().union(*map(words_in, raw))
    return Lost(raw).words if isinstance(raw, str) else frozenset()
