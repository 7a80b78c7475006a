"""``goto``: on with another section, or another flow."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from ivr.fields import WayField
from ivr.scene import Scene
from ivr.step import Exit, Go, Move, Step


class Goto(Step):
    """Both media, says nothing. ``goto: menu``, ``goto: night.closed`` (section ``closed`` of flow ``night``), or a
    flow's name for its beginning.
    """

    verb = "goto"
    short = "to"
    EXAMPLE: ClassVar[str] = """
    start:
      - goto: end
    end:
      - hangup
    """

    to: WayField

    def enter(self, scene: Scene) -> Move:
        return Go(self.to)

    def exits(self) -> Iterator[Exit]:
        yield Exit("goto", ("to",), self.to)
