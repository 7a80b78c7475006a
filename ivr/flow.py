"""Flows as the engine walks them: blocks of steps, each knowing where it goes on.

Owns: blocks, flows and where a way leads. Not here: reading them from YAML (``flow_reader``).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from .problems import Place

if TYPE_CHECKING:
    from .step import Step

FALLBACK = "!fallback"
OVERFLOW = "!overflow"  # how the blocks of queues' overflows begin


@dataclass(slots=True)
class Block:
    """A list of steps: a section (``main.menu``) or a way's own list (``main.menu[0].otherwise``).

    ``after`` is ``(block, index)`` where it goes on at its end; None: the flow is over there.
    """

    id: str
    flow: str
    section: str
    steps: list[Step] = field(default_factory=list)
    after: tuple[str, int] | None = None
    is_section: bool = False
    place: Place = Place("", 1, 1)
    owner: tuple[str, int] | None = None  # of a way's own list: the step it stands in


@dataclass(slots=True)
class Flow:
    """One file of ``flows/``; ``sections`` in the author's order, the first one starts."""

    name: str
    file: str
    sections: list[str] = field(default_factory=list)
    blocks: dict[str, Block] = field(default_factory=dict)
    place: Place = Place("", 1, 1)

    @property
    def start(self) -> str:
        """The id of the first section's block."""
        return f"{self.name}.{self.sections[0]}"

    def steps(self) -> Iterator[tuple[Block, int, Step]]:
        """Every step, in blocks."""
        for block in self.blocks.values():
            for index, step in enumerate(block.steps):
                yield block, index, step
