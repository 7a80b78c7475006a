"""What goes on right now: open interactions, agents and live offers, read from the store and shared by all requests.

Owns: one cached snapshot per state of the log, and the figures of the queue board made of it.
Not here: how it is shown (``shapes``), decisions (the dispatcher never reads this).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from eslapp.core.capacity import phone_hindrance
from eslapp.core.model import Interaction, InteractionState, Medium, Offer, OfferState, Presence
from eslapp.core.settings import Rules
from eslapp.core.waiting import place_of
from eslapp.store import Tx, events, interactions, offers
from eslapp.store import agents as agent_rows

from .deps import Deps
from .shapes import queue_label

IN_LINE = frozenset({InteractionState.QUEUED, InteractionState.OFFERED})


@dataclass(frozen=True, slots=True)
class Snapshot:
    """Everything open at one position of the event log."""

    position: int
    interactions: dict[str, Interaction]
    agents: dict[str, agent_rows.AgentRow]
    offers: tuple[Offer, ...]
    by_leg: dict[str, Interaction] = field(init=False)
    lines: dict[str, list[Interaction]] = field(init=False)

    def __post_init__(self) -> None:
        opened = sorted(self.interactions.values(), key=lambda one: one.opened_at)
        lines: dict[str, list[Interaction]] = {}
        for one in opened:
            if one.state in IN_LINE:
                lines.setdefault(one.queue, []).append(one)
        for line in lines.values():
            line.sort(key=place_of)
        object.__setattr__(self, "by_leg", {one.leg: one for one in opened})
        object.__setattr__(self, "lines", lines)

    def agent(self, agent: str) -> agent_rows.AgentRow:
        """The agent's row; offline where they never did anything."""
        return self.agents.get(agent) or agent_rows.AgentRow(agent)

    def line(self, queue: str) -> list[Interaction]:
        """Who waits in ``queue``, the next one first."""
        return self.lines.get(queue, [])

    def place(self, interaction: Interaction) -> tuple[int, int]:
        """``(position, waiting)`` of a waiting interaction, 1 is next; ``(0, n)`` if it does not wait.

        Who is being offered to an agent waits still, but is ahead of nobody.
        """
        line = self.line(interaction.queue)
        if interaction.state not in IN_LINE:
            return 0, len(line)
        ahead = [one for one in line if one.state == InteractionState.QUEUED and place_of(one) < place_of(interaction)]
        return 1 + len(ahead), len(line)

    def pending_offers(self, agent: str) -> list[Offer]:
        """What rings at the agent now."""
        return [offer for offer in self.offers if offer.agent == agent and offer.state == OfferState.PENDING]

    def work_of(self, agent: str) -> list[Interaction]:
        """What the agent has accepted and not finished, the oldest first."""
        return [
            one
            for one in self.interactions.values()
            if agent in one.writers and one.state not in IN_LINE and one.state != InteractionState.IN_FLOW
        ]

    def load(self, agent: str, medium: Medium) -> int:
        """Slots taken, by offers that ring, talk or wrap up."""
        return sum(1 for offer in self.offers if offer.agent == agent and offer.medium == medium)


class Board:
    """The shared snapshot and what the queue board shows."""

    def __init__(self, deps: Deps) -> None:
        self._deps = deps
        self._snapshot = Snapshot(-1, {}, {}, ())

    def snapshot(self, at_least: int | None = None) -> Snapshot:
        """The present state; one that knows events up to ``at_least`` is enough where that is given."""
        if at_least is not None and self._snapshot.position >= at_least:
            return self._snapshot
        fresh = self._deps.store.read(self._read)
        if fresh.position >= self._snapshot.position:
            self._snapshot = fresh
        return self._snapshot

    def _read(self, tx: Tx) -> Snapshot:
        position = events.last_sequence(tx)
        if position == self._snapshot.position:
            return self._snapshot
        return Snapshot(
            position=position,
            interactions={one.id: one for one in interactions.still_open(tx)},
            agents={row.id: row for row in agent_rows.all_of_them(tx)},
            offers=tuple(offers.live(tx)),
        )

    def queues(self, snapshot: Snapshot) -> list[dict[str, Any]]:
        """One row per queue of the site, in the site's order."""
        return [self._queue(name, settings, snapshot) for name, settings in self._deps.site.queues.items()]

    def _queue(self, name: str, settings: Any, snapshot: Snapshot) -> dict[str, Any]:
        line = snapshot.line(name)
        staff = [agent for agent, entry in self._deps.site.agents.items() if _is_skilled(entry, settings)]
        present = [agent for agent in staff if snapshot.agent(agent).presence == Presence.AVAILABLE]
        return {
            "name": name,
            "label": queue_label(self._deps.site, name),
            "waiting": len(line),
            "oldest_at": min((one.queued_at or one.opened_at for one in line), default=None),
            "talking": sum(
                1
                for one in snapshot.interactions.values()
                if one.queue == name and one.state == InteractionState.CONNECTED
            ),
            "staff": len(staff),
            "available": len(present),
            "ready": sum(1 for agent in present if self._has_room(agent, snapshot)),
            "ready_for_calls": sum(1 for agent in present if self._can_be_called(agent, snapshot)),
        }

    def is_staffed(self, snapshot: Snapshot) -> bool:
        """Whether anybody who takes written work says to be available."""
        return any(
            snapshot.agent(agent).presence == Presence.AVAILABLE and self.capacity(agent)[Medium.TEXT] > 0
            for agent in self._deps.site.agents
        )

    def _has_room(self, agent: str, snapshot: Snapshot) -> bool:
        capacity = self.capacity(agent)
        return any(snapshot.load(agent, medium) < limit for medium, limit in capacity.items())

    def _can_be_called(self, agent: str, snapshot: Snapshot) -> bool:
        """Has room for a call, and a phone that the site's rule takes for one."""
        rules = Rules(readiness=self._deps.site.routing.readiness)
        has_phone = not phone_hindrance(agent_rows.doing(snapshot.agent(agent)), rules)
        return has_phone and snapshot.load(agent, Medium.VOICE) < self.capacity(agent)[Medium.VOICE]

    def capacity(self, agent: str) -> Mapping[Medium, int]:
        """How many interactions of each medium the agent takes at once."""
        given = self._deps.site.agents[agent].capacity
        return {medium: int(getattr(given, medium.value)) for medium in Medium}


def _is_skilled(agent: Any, queue: Any) -> bool:
    return all(agent.skills.get(skill, 0) >= level for skill, level in queue.skills.items())
