"""Decides which recordings are due for deletion. Pure: rows come in, decisions go out.

Owns: the rule. Not here: rows (``eslapp.store``), deleting row, file, transcript and index together (the sweeper).

>>> due([Kept("a", ended_at=0.0, queue="orders")], RetentionRule(days=30), at=31 * 86400.0)
['a']
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

DAY_S = 86_400.0


@dataclass(frozen=True, slots=True)
class Kept:
    """One recording that exists. ``on_hold``: a legal hold, which wins over every rule."""

    interaction: str
    ended_at: float
    queue: str = ""
    on_hold: bool = False


@dataclass(frozen=True, slots=True)
class RetentionRule:
    """``days`` to keep a recording, ``queues`` overrides it by queue; None keeps for ever."""

    days: float | None = None
    queues: Mapping[str, float | None] = field(default_factory=dict)

    def days_for(self, queue: str) -> float | None:
        return self.queues.get(queue, self.days)


def due(kept: Iterable[Kept], rule: RetentionRule, *, at: float) -> list[str]:
    """Interactions whose recording must go now, the oldest first."""
    gone = [one for one in kept if not one.on_hold and _is_over(one, rule, at)]
    return [one.interaction for one in sorted(gone, key=lambda one: (one.ended_at, one.interaction))]


def _is_over(one: Kept, rule: RetentionRule, at: float) -> bool:
    days = rule.days_for(one.queue)
    return days is not None and at - one.ended_at >= days * DAY_S
