"""What is known of a day while its log is read. Not here: reading it (``extract``)."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

from eslapp.core.model import Offer
from eslapp.core.world import World

from .workload import Absence, Arrival, Callback, Join, Opening, Reaction, Revision, Shift


@dataclass(slots=True)
class Seen:
    """What is known of the day so far."""

    since: float
    until: float
    start: World | None = None  # the world when the day began
    last_at: float = 0.0
    arrivals: dict[str, Arrival] = field(default_factory=dict)
    callbacks: dict[str, Callback] = field(default_factory=dict)
    shifts: list[Shift] = field(default_factory=list)
    openings: list[Opening] = field(default_factory=list)
    outages: list[tuple[float, float]] = field(default_factory=list)
    revisions: list[Revision] = field(default_factory=list)
    wished: dict[str, str] = field(default_factory=dict)  # the queue they came to, who waited in another one
    queues: dict[str, str] = field(default_factory=dict)  # where they wait
    sent_on: set[str] = field(default_factory=set)  # by the router: it does so again
    offered: dict[str, Offer] = field(default_factory=dict)
    answered: dict[str, tuple[float, str]] = field(default_factory=dict)  # interaction -> when, by whom
    talking: dict[str, float] = field(default_factory=dict)  # since
    reactions: list[Reaction] = field(default_factory=list)
    joins: list[Join] = field(default_factory=list)
    absent: dict[str, float] = field(default_factory=dict)  # agent -> since
    absences: list[Absence] = field(default_factory=list)
    ended_at: dict[str, float] = field(default_factory=dict)
    handed_at: dict[str, float] = field(default_factory=dict)  # who waits again after a talk

    def change(self, interaction: str, **fields: Any) -> None:
        """Of a contact who came, or a callback; nothing of others."""
        if interaction in self.arrivals:
            self.arrivals[interaction] = replace(self.arrivals[interaction], **fields)
        elif interaction in self.callbacks:
            self.callbacks[interaction] = replace(self.callbacks[interaction], **fields)
