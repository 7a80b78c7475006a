"""What goes on right now: open interactions, agents and live offers, read from the store and shared by all requests.

Owns: one cached snapshot per state of the log, brought further by the events that came since (reading all open rows
after each event would cost more the more people wait), and the figures of the queue board made of it.
Not here: how it is shown (``shapes``), decisions (the dispatcher never reads this).
"""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from typing import Any, TypeVar

from eslapp.core.callbacks import is_pending
from eslapp.core.capacity import phone_hindrance
from eslapp.core.events import Event
from eslapp.core.model import Agent, Interaction, InteractionState, Medium, Offer, OfferState, Presence
from eslapp.core.settings import Rules
from eslapp.core.tables import UnexpectedEvent
from eslapp.core.transitions import Record, changes
from eslapp.core.waiting import place_of
from eslapp.store import Tx, events, interactions, offers
from eslapp.store import agents as agent_rows

from .deps import Deps
from .shapes import queue_label

T = TypeVar("T")
FOLLOWED = 500  # so many events are followed from the state before; further behind, the rows are read
READ_ANEW_S = 30.0  # and now and then anyway
IN_LINE = frozenset({InteractionState.QUEUED, InteractionState.OFFERED})


@dataclass(frozen=True)
class Snapshot:
    """Everything open at one position of the event log. The views of it are made once, when somebody looks."""

    position: int
    interactions: dict[str, Interaction]
    agents: dict[str, agent_rows.AgentRow]
    offers: tuple[Offer, ...]
    read_at: float = 0.0  # when all rows were read; since then events were followed

    @cached_property
    def by_leg(self) -> dict[str, Interaction]:
        return {one.leg: one for one in sorted(self.interactions.values(), key=lambda one: one.opened_at)}

    @cached_property
    def lines(self) -> dict[str, list[Interaction]]:
        lines: dict[str, list[Interaction]] = {}
        for one in self.interactions.values():
            if one.state in IN_LINE:
                lines.setdefault(one.queue, []).append(one)
        for line in lines.values():
            line.sort(key=place_of)
        return lines

    @cached_property
    def callbacks(self) -> dict[str, Interaction]:
        """By contact: the call they wait for."""
        return {one.contact: one for one in self.interactions.values() if is_pending(one)}

    @cached_property
    def _places(self) -> dict[str, int]:
        places: dict[str, int] = {}
        for line in self.lines.values():
            ahead = 0
            for one in line:
                places[one.id] = 1 + ahead
                ahead += one.state == InteractionState.QUEUED
        return places

    @cached_property
    def _offers_of(self) -> dict[str, list[Offer]]:
        found: dict[str, list[Offer]] = {}
        for offer in self.offers:
            found.setdefault(offer.agent, []).append(offer)
        return found

    @cached_property
    def _work(self) -> dict[str, list[Interaction]]:
        found: dict[str, list[Interaction]] = {}
        for one in self.interactions.values():
            if one.state not in IN_LINE and one.state != InteractionState.IN_FLOW:
                for agent in dict.fromkeys(one.writers):
                    found.setdefault(agent, []).append(one)
        return found

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
        return self._places.get(interaction.id, 0), len(self.line(interaction.queue))

    def pending_offers(self, agent: str) -> list[Offer]:
        """What rings at the agent now."""
        return [offer for offer in self._offers_of.get(agent, ()) if offer.state == OfferState.PENDING]

    def asked_beside(self, offer: Offer) -> int:
        """How many others are asked at the same time; the first to accept has it."""
        pending = (one for one in self.offers if one.interaction == offer.interaction and one.id != offer.id)
        return sum(one.state == OfferState.PENDING for one in pending)

    def work_of(self, agent: str) -> list[Interaction]:
        """What the agent has accepted and not finished, the oldest first."""
        return list(self._work.get(agent, ()))

    def load(self, agent: str, slots: Iterable[str]) -> dict[str, int]:
        """How much of each of these is taken, by offers that ring, talk or wrap up."""
        taken = dict.fromkeys(slots, 0)
        for offer in self._offers_of.get(agent, ()):
            one = self.interactions.get(offer.interaction)
            is_apart = one is not None and offer.medium is Medium.TEXT and one.channel in taken
            taken[one.channel if one is not None and is_apart else offer.medium.value] += 1
        return taken


class _Records:
    """The open records of a snapshot, brought further by events: what they mean is ``core.transitions``."""

    def __init__(self, known: Snapshot) -> None:
        self.interactions, self.agents = dict(known.interactions), dict(known.agents)
        self.offers = {offer.id: offer for offer in known.offers}

    def interaction(self, interaction: str, /) -> Interaction | None:
        return self.interactions.get(interaction)

    def offer(self, offer: str, /) -> Offer | None:
        return self.offers.get(offer)

    def ringing(self, interaction: str, /) -> tuple[str, ...]:
        pending = (one for one in self.offers.values() if one.state == OfferState.PENDING)
        return tuple(sorted(one.id for one in pending if one.interaction == interaction))

    def agent(self, agent: str, /) -> Agent | None:
        return agent_rows.doing(self.agents.get(agent) or agent_rows.AgentRow(agent))

    def put(self, record: Record) -> None:
        if isinstance(record, Interaction):
            _keep(self.interactions, record.id, record, is_over=record.state == InteractionState.CLOSED)
        elif isinstance(record, Offer):
            _keep(self.offers, record.id, record, is_over=record.ended_at is not None)
        else:
            self.agents[record.id] = agent_rows.row_of(record)


def _keep(records: dict[str, T], name: str, record: T, *, is_over: bool) -> None:
    if is_over:
        records.pop(name, None)
    else:
        records[name] = record


def _followed(known: Snapshot, happened: list[tuple[int, Event]]) -> Snapshot:
    """The state after these events; ``UnexpectedEvent`` where they do not follow from what was known."""
    records = _Records(known)
    for _, event in happened:
        for record in changes(records, event):
            records.put(record)
    return Snapshot(
        position=happened[-1][0],
        interactions=records.interactions,
        agents=records.agents,
        offers=tuple(records.offers.values()),
        read_at=known.read_at,
    )


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
        position, known = events.last_sequence(tx), self._snapshot
        if position == known.position:
            return known
        now = self._deps.clock()
        is_near = 0 <= known.position < position <= known.position + FOLLOWED
        if is_near and 0 <= now - known.read_at < READ_ANEW_S:
            with suppress(UnexpectedEvent):
                return _followed(known, events.after(tx, known.position, limit=FOLLOWED))
        return Snapshot(
            position=position,
            interactions={one.id: one for one in interactions.still_open(tx)},
            agents={row.id: row for row in agent_rows.all_of_them(tx)},
            offers=tuple(offers.live(tx)),
            read_at=now,
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
        load = snapshot.load(agent, capacity)
        return any(load[slot] < limit for slot, limit in capacity.items())

    def _can_be_called(self, agent: str, snapshot: Snapshot) -> bool:
        """Has room for a call, and a phone that the site's rule takes for one."""
        rules = Rules(readiness=self._deps.site.routing.readiness)
        has_phone = not phone_hindrance(agent_rows.doing(snapshot.agent(agent)), rules)
        capacity = self.capacity(agent)
        return has_phone and snapshot.load(agent, capacity)[Medium.VOICE] < capacity[Medium.VOICE]

    def capacity(self, agent: str) -> dict[str, int]:
        """How many the agent takes at once: calls, texts, and of each channel that anybody has a capacity for."""
        known = self._deps.site.agents
        own = known[agent].capacity.by_slot()
        apart = {slot for one in known.values() for slot in one.capacity.by_slot()} - set(Medium)
        return {slot: own.get(slot, 0) for slot in (*Medium, *sorted(apart))}


def _is_skilled(agent: Any, queue: Any) -> bool:
    return all(agent.skills.get(skill, 0) >= level for skill, level in queue.skills.items())
