"""The waiting lines: one per queue and medium, ordered by priority, then the clock of the place, then the id.

Joining, leaving, the head and anybody's position cost O(log n). Positions count over all media of a queue: a call and
a chat wait in the same queue. Not here: who is asked next (``matching``).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from .model import Interaction, Medium
from .sorted_map import EMPTY, SortedMap

Place = tuple[int, float, str]  # (-priority, queued_at, id): the least is served first
LineKey = tuple[str, Medium]
Line = SortedMap[Place, None]


def place_of(interaction: Interaction) -> Place:
    """Where the interaction stands among others of its queue."""
    queued_at = interaction.queued_at if interaction.queued_at is not None else interaction.opened_at
    return (-interaction.priority, queued_at, interaction.id)


@dataclass(frozen=True, slots=True)
class WaitingLines:
    """All lines. Empty ones are not kept."""

    lines: SortedMap[LineKey, Line] = EMPTY

    def joined(self, interaction: Interaction) -> WaitingLines:
        """With the interaction at its place."""
        key = (interaction.queue, interaction.medium)
        return WaitingLines(self.lines.set(key, self.line(key).set(place_of(interaction), None)))

    def left(self, interaction: Interaction) -> WaitingLines:
        """Without the interaction."""
        key = (interaction.queue, interaction.medium)
        line = self.line(key).without(place_of(interaction))
        return WaitingLines(self.lines.set(key, line) if line else self.lines.without(key))

    def line(self, key: LineKey) -> Line:
        """One line, perhaps empty."""
        return self.lines.get(key, EMPTY)

    def heads(self) -> Iterator[tuple[Place, LineKey]]:
        """The first place of every line."""
        for key, line in self.lines.items():
            first = line.first()
            if first is not None:
                yield first[0], key

    def after(self, key: LineKey, place: Place) -> Place | None:
        """The next place behind ``place``, or None."""
        return next((other for other, _ in self.line(key).items_from(place) if other != place), None)

    def waiting(self, queue: str) -> int:
        """How many wait in the queue, over all media."""
        return sum(len(self.line((queue, medium))) for medium in Medium)

    def position(self, interaction: Interaction) -> int:
        """1 for the one who is next in the queue, over all media."""
        place = place_of(interaction)
        return 1 + sum(self.line((interaction.queue, medium)).rank(place) for medium in Medium)
