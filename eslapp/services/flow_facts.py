"""What a flow may ask of this moment: who waits, how long it will take, who is ready.

Owns: ``queue.NAME.waiting``, ``queue.NAME.wait`` (estimated seconds for one more, "" while nobody is there to ask),
``queue.NAME.ready`` (agents who could take one now) and ``dialled.NUMBER`` (as the site's trunk dials it). Not here:
what flows make of it (``ivr.scene``), routing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from eslapp.clock import Clock
from eslapp.core.model import Medium, Presence
from eslapp.core.pace import Pace, estimate
from eslapp.core.phone_numbers import country_of
from eslapp.core.trunk import as_dialled, trunk_of
from eslapp.store import Store, interactions
from ivr.callback_talk import DIALLED
from ivr.site import Site

MEDIA = frozenset(Medium)
FACTS = ("waiting", "wait", "ready")
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
        """The facts of this moment, each reckoned when it is asked for: most turns of a flow ask for none."""
        now = self._clock()
        if now - self._read_at > FRESH_S:
            self._read_at = now
            self._handle_s = self._store.read(interactions.usual_handling)
        return _Moment(self._world(), self._site(), self._handle_s, now)


class _Moment(Mapping[str, Any]):
    """One snapshot of the world, read by the names of facts."""

    def __init__(self, world: Any, site: Site, handle_s: Mapping[str, float], now: float) -> None:
        self._world, self._site, self._handle_s, self._now = world, site, handle_s, now
        self._queues = site.queues

    def __getitem__(self, name: str) -> Any:
        """``queue.orders.wait``, or ``queue.orders.wait.voice`` for a contact of that medium."""
        prefix, _, rest = name.partition(".")
        if name.startswith(DIALLED):
            return as_dialled(trunk_of(self._site.trunk), rest, country_of(self._site.country, self._site.timezone))
        own, _, last = rest.rpartition(".")
        media = (Medium(last),) if last in MEDIA else tuple(Medium)
        queue, _, fact = (own if last in MEDIA else rest).rpartition(".")
        if prefix != "queue" or fact not in FACTS or queue not in self._queues:
            raise KeyError(name)
        if fact == "waiting":
            return self._waiting(queue)
        asked = self._world.requirements.loosest(queue)
        ready = max(len(self._world.pool.free(medium.value, asked)) for medium in media)
        if fact == "ready":
            return ready
        found = None if ready else estimate(self._world.paces.get(queue, Pace()), 1 + self._waiting(queue), self._now)
        if found is not None and found.is_reliable:
            return round(found.wait_s)
        staff = _staff(self._world, queue)
        usual = self._handle_s.get(queue, HANDLE_S)
        return estimated_s(self._waiting(queue), ready, staff, usual) if staff else ""

    def _waiting(self, queue: str) -> int:
        return int(self._world.lines.waiting(queue))

    def __iter__(self) -> Iterator[str]:
        return (f"queue.{queue}.{fact}" for queue in self._queues for fact in FACTS)

    def __len__(self) -> int:
        return len(self._queues) * len(FACTS)


def estimated_s(waiting: int, ready: int, staff: int, handle_s: float) -> int:
    """The wait of one more contact: those ahead who find nobody free, shared among the agents who are there.

    >>> estimated_s(0, 1, 3, 180.0), estimated_s(4, 0, 2, 120.0)
    (0, 300)
    """
    ahead = waiting + 1 - ready
    return round(ahead * handle_s / staff) if ahead > 0 else 0


def _staff(world: Any, queue: str) -> int:
    """Agents who are there and can serve the queue."""
    lacking = world.requirements.lacking[world.requirements.loosest(queue)]
    return sum(1 for agent in world.agents.values() if agent.presence is Presence.AVAILABLE and agent.id not in lacking)
