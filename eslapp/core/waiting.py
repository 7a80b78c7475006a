"""The waiting lines: one per queue, slot and requirement, each in the order of service.

Who came first is served first, but some have a head start (``HeadStart``): they count as having come so much earlier,
and so does whoever must be answered soon because the channel's reply window closes; once it has closed it counts no
more. Otherwise the order of two contacts never changes while both wait, so nobody is overtaken by one who came later
than the greatest head start (``overtaking_s``).
Joining, leaving, the head and anybody's position cost O(log n). Positions count over all lines of a queue: a call and a
chat wait in the same queue. Not here: who is asked next (``matching``).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from math import floor, inf

from .model import HeadStart, Interaction, Medium, Queue
from .skills import Requirement
from .sorted_map import EMPTY, SortedMap

Place = tuple[int, float, float, str]  # (counts as come, reply by, came, id): the least is served first
LineKey = tuple[str, str, Requirement, str]  # queue, slot, what is asked for, the only agent who is asked ("": any)
Line = SortedMap[Place, None]
REPLY_SOON_S = 3600.0  # a reply window counts when it closes within this
HIGHEST_PRIORITY = 9


def place_of(interaction: Interaction) -> Place:
    """Where the interaction stands among others of its queue. Within one second: the reply window, then the clock."""
    queued_at = interaction.queued_at if interaction.queued_at is not None else interaction.opened_at
    reply_by = open_until(interaction.reply_by, queued_at)
    reply_by = reply_by if reply_by is not None else inf
    counts_as = min(queued_at - interaction.head_start_s, reply_by - REPLY_SOON_S)
    return (floor(counts_as), reply_by, queued_at, interaction.id)


def open_until(reply_by: float | None, at: float) -> float | None:
    """When the reply window closes; None where none is open: it has nothing to lose.

    >>> open_until(3600.0, 0.0), open_until(3600.0, 3600.0)
    (3600.0, None)
    """
    return reply_by if reply_by is not None and reply_by > at else None


def is_kept(one: Interaction, closed: frozenset[str]) -> bool:
    """Whether it is a text that came while its queue was closed, as it still is: offered at opening, not in the night.

    Who came before it closed, or has talked with an agent already, is served by whoever is there.
    """
    is_text = one.medium is Medium.TEXT and one.connected_at is None
    return is_text and one.here_since is None and one.queue in closed


def head_start_s(queue: Queue, *, priority: int, level: str, urgency: str, channel: str) -> float:
    """What the queue gives this contact."""
    given: HeadStart = queue.head_start
    steps = max(0, min(HIGHEST_PRIORITY, priority))
    return (
        steps * given.priority_s
        + given.levels.get(level, 0.0)
        + given.urgencies.get(urgency, 0.0)
        + given.channels.get(channel, 0.0)
    )


def overtaking_s(queue: Queue, own_head_start_s: float = 0.0) -> float:
    """The bound: whoever comes more than so many seconds later is served later, whatever head start they have.

    >>> overtaking_s(Queue("q", head_start=HeadStart(priority_s=0.0, levels={"vip": 5400.0})))
    5401.0
    """
    return max(0.0, max(greatest_s(queue), REPLY_SOON_S) - own_head_start_s) + 1.0


def greatest_s(queue: Queue) -> float:
    """The head start of who has all that the queue gives."""
    given = queue.head_start
    parts = (given.levels, given.urgencies, given.channels)
    return HIGHEST_PRIORITY * given.priority_s + sum(max(part.values(), default=0.0) for part in parts)


@dataclass(frozen=True, slots=True)
class WaitingLines:
    """All lines. Empty ones are not kept."""

    lines: SortedMap[LineKey, Line] = EMPTY

    def joined(self, key: LineKey, interaction: Interaction) -> WaitingLines:
        """With the interaction at its place."""
        return WaitingLines(self.lines.set(key, self.line(key).set(place_of(interaction), None)))

    def left(self, key: LineKey, interaction: Interaction) -> WaitingLines:
        """Without the interaction."""
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
        return sum(len(line) for line in self._of(queue))

    def position(self, interaction: Interaction) -> int:
        """1 for the one who is next in the queue, over all media."""
        place = place_of(interaction)
        return 1 + sum(line.rank(place) for line in self._of(interaction.queue))

    def held_for(self, agents: set[str], interactions: SortedMap[str, Interaction]) -> list[Interaction]:
        """Who waits for one of these agents alone."""
        held = [line for key, line in self.lines.items() if key[3] in agents]
        return [interactions[place[-1]] for line in held for place, _ in line.items()]

    def places(self, queue: str) -> list[Place]:
        """All places of the queue, over all media, the next one first."""
        return sorted(place for line in self._of(queue) for place, _ in line.items())

    def _of(self, queue: str) -> Iterator[Line]:
        for key, line in self.lines.items_from((queue, "", ((), ""), "")):
            if key[0] != queue:
                return
            yield line
