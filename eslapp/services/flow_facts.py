"""What a flow may ask of this moment: who waits, how long it will take, who is ready.

Owns: ``queue.NAME.waiting``, ``queue.NAME.wait`` (estimated seconds for one more, "" while nobody is there to ask) and
``queue.NAME.ready`` (agents who could take one now). Not here: what flows make of it (``ivr.scene``), routing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from eslapp.clock import Clock
from eslapp.core.model import Medium, Presence
from eslapp.store import Store, interactions
from ivr.site import Site

FRESH_S = 60.0
HANDLE_S = 180.0  # until the queue has talks of its own to go by


class FlowFacts:
    """Callable: ``FlowFacts(...)() -> {"queue.orders.waiting": 3, ...}``."""

    def __init__(self, *, world: Callable[[], Any], site: Callable[[], Site], store: Store, clock: Clock) -> None:
        self._world = world
        self._site = site
        self._store = store
        self._clock = clock
        self._handle_s: dict[str, float] = {}
        self._read_at = float("-inf")

    def __call__(self) -> Mapping[str, Any]:
        world = self._world()
        facts: dict[str, Any] = {}
        for name in self._site().queues:
            waiting, ready, staff = world.lines.waiting(name), _ready(world, name), _staff(world, name)
            facts[f"queue.{name}.waiting"] = waiting
            facts[f"queue.{name}.ready"] = ready
            facts[f"queue.{name}.wait"] = estimated_s(waiting, ready, staff, self._usual(name)) if staff else ""
        return facts

    def _usual(self, queue: str) -> float:
        """How long work of this queue lately took an agent."""
        now = self._clock()
        if now - self._read_at > FRESH_S:
            self._read_at = now
            self._handle_s = self._store.read(interactions.usual_handling)
        return self._handle_s.get(queue, HANDLE_S)


def estimated_s(waiting: int, ready: int, staff: int, handle_s: float) -> int:
    """The wait of one more contact: those ahead who find nobody free, shared among the agents who are there.

    >>> estimated_s(0, 1, 3, 180.0), estimated_s(4, 0, 2, 120.0)
    (0, 300)
    """
    ahead = waiting + 1 - ready
    return round(ahead * handle_s / staff) if ahead > 0 else 0


def _ready(world: Any, queue: str) -> int:
    return max(len(world.pool.free((queue, medium))) for medium in Medium)


def _staff(world: Any, queue: str) -> int:
    """Agents who are there and can serve the queue."""
    return sum(
        1 for agent in world.agents.values() if agent.presence is Presence.AVAILABLE and queue in world.serves[agent.id]
    )
