"""Everything the router knows, as one immutable value, and what an event makes of it (``evolve``).

Owns: the open records and the indexes over them. ``build`` makes it from rows, ``evolve`` from the world before; both
give the same (tested). Not here: the meaning of events (``transitions``), decisions (``router``).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from .callbacks import PendingCallbacks, has_a_flow, waits_for_opening
from .capacity import Load, hindrance, load_of
from .deadlines import Deadlines, Kind
from .declined import Declined, Resting, Rests
from .events import (
    Event,
    InteractionClosed,
    InteractionConnected,
    OfferMade,
    PlaceAnnounced,
    QueueOpeningChanged,
    WaitAnnounced,
)
from .free_pool import FreePool, Standing
from .model import Agent, Guest, Interaction, InteractionState, Offer, OfferState
from .pace import Pace, Promise, Said, promised
from .requirements import Requirements
from .resting import rested_after, rested_as, without_rests
from .settings import Settings, doing_as
from .sorted_map import EMPTY, SortedMap
from .transitions import Record, changes
from .waiting import WaitingLines, is_kept


@dataclass(frozen=True, slots=True)
class World:
    """A snapshot; anybody may keep and read it."""

    settings: Settings
    requirements: Requirements
    agents: SortedMap[str, Agent] = EMPTY
    interactions: SortedMap[str, Interaction] = EMPTY  # those that are not closed
    offers: SortedMap[str, Offer] = EMPTY  # those that hold an agent
    lines: WaitingLines = WaitingLines()
    held: SortedMap[str, tuple[str, ...]] = EMPTY  # agent -> live offers
    rings: SortedMap[str, tuple[str, ...]] = EMPTY  # interaction -> pending offers
    pool: FreePool = FreePool()
    deadlines: Deadlines = Deadlines()
    cool_downs: Rests = EMPTY  # (interaction, agent who declined it, say)
    turns: SortedMap[str, str] = EMPTY  # queue -> agent of the latest offer
    callbacks: PendingCallbacks = PendingCallbacks()
    paces: SortedMap[str, Pace] = EMPTY  # queue -> how fast it is served, how right we were about it
    promises: SortedMap[str, tuple[Promise | Said, ...]] = EMPTY  # interaction -> what it was told about its wait
    closed: frozenset[str] = frozenset()  # queues whose calendar says so
    visits: SortedMap[str, tuple[str, ...]] = EMPTY  # agent -> talks in which they are a guest

    @property
    def decliners(self) -> Declined:
        """Which interactions somebody has declined."""
        return Declined(self.cool_downs)

    def interaction(self, interaction: str, /) -> Interaction | None:
        """An open interaction."""
        return self.interactions.get(interaction, None)

    def offer(self, offer: str, /) -> Offer | None:
        """A live offer."""
        return self.offers.get(offer, None)

    def agent(self, agent: str, /) -> Agent | None:
        """An agent of the site."""
        return self.agents.get(agent, None)

    def load(self, agent: str) -> Load:
        """What holds the agent now."""
        held = self.held.get(agent, ())
        load = load_of(self._slot_and_state(self.offers[offer]) for offer in held) if held else NO_LOAD
        return replace(load, call="on-call") if not load.call and agent in self.visits else load

    def live(self, agent: str) -> int:
        """How many interactions hold the agent; asked of a thousand at once, who mostly are held by none."""
        return self.load(agent).live if agent in self.held or agent in self.visits else 0

    def _slot_and_state(self, offer: Offer) -> tuple[str, InteractionState]:
        interaction = self.interactions[offer.interaction]
        return self.settings.slot(interaction.channel, interaction.medium), interaction.state

    def given_at(self, agent: str) -> float:
        """When the latest of what the agent holds was offered."""
        return max((self.offers[offer].offered_at for offer in self.held.get(agent, ())), default=0.0)

    def ringing(self, interaction: str, /) -> tuple[str, ...]:
        """The pending offers of an interaction."""
        return self.rings.get(interaction, ())

    def position(self, interaction: str) -> int | None:
        """The place in the queue, 1 for the next; None where it does not wait."""
        record = self.interaction(interaction)
        is_waiting = record is not None and record.state is InteractionState.QUEUED
        return self.lines.position(record) if record is not None and is_waiting else None

    def patient_until(self, one: Interaction, /) -> float | None:
        """When the longest wait of its queue is over."""
        longest_s = self.settings.queue(one.queue).longest_wait_s if has_a_flow(one) else None
        return None if longest_s is None or one.here_since is None else one.here_since + longest_s

    def waits_for_opening(self, one: Interaction, /) -> bool:
        """Whether it is a callback that is not called before its queue opens again."""
        return waits_for_opening(one, self.closed)

    def is_kept(self, one: Interaction, /) -> bool:
        """Whether it is a text of the night, which is offered to nobody before its queue opens."""
        return is_kept(one, self.closed)

    def with_closed(self, closed: frozenset[str]) -> World:
        """With these queues closed, the others open: their callbacks are due by their clock again."""
        world = replace(self, closed=closed)
        deadlines = world.deadlines
        for one in (world.interactions[name] for name in world.callbacks.all()):
            deadlines = deadlines.put(Kind.CALLBACK, one.id, _due_at(world, one))
        return replace(world, deadlines=deadlines)

    def rested(self, now: float) -> World:
        """Without the deadlines that only asked for a look at the lines."""
        return replace(self, deadlines=self.deadlines.rested(now))


def build(
    settings: Settings,
    *,
    agents: Iterable[Agent] = (),
    interactions: Iterable[Interaction] = (),
    offers: Iterable[Offer] = (),
    turns: Mapping[str, str] | None = None,
) -> World:
    """The world of these records. ``agents``: what they do now; who they are is taken from ``settings``.

    ``offers``: the live ones. Who rests from what is not in records: ``resting``.
    """
    records = list(interactions)
    settings = _with_orphans(settings, records)
    world = World(settings, Requirements.of(settings))
    doing = {agent.id: agent for agent in agents}
    for agent in settings.agents.values():
        world = _with_agent(world, doing_as(agent, doing.get(agent.id)))
    for interaction in records:
        world = replace(world, interactions=world.interactions.set(interaction.id, interaction))
    for offer in offers:
        if offer.interaction in world.interactions:
            world = _with_offer(world, offer)
    for interaction in records:
        world = _with_interaction(replace(world, interactions=world.interactions.without(interaction.id)), interaction)
    for queue, agent_id in (turns or {}).items():
        world = replace(world, turns=world.turns.set(queue, agent_id))
    return world


def rebuilt(world: World, settings: Settings) -> World:
    """The same records under these settings, as a new daemon finds them."""
    fresh = build(
        settings,
        agents=world.agents.values(),
        interactions=world.interactions.values(),
        offers=world.offers.values(),
        turns=dict(world.turns.items()),
    )
    fresh = replace(fresh, paces=world.paces, promises=world.promises)
    return rested_as(fresh, world.cool_downs).with_closed(world.closed)


def evolve(world: World, event: Event) -> World:
    """The world after the event. ``UnexpectedEvent`` where it cannot happen."""
    for record in changes(world, event):
        world = _with(world, record)
    if isinstance(event, Resting):
        return rested_after(world, event, world.settings.rules.cool_down_s)
    if isinstance(event, OfferMade):
        return replace(world, turns=world.turns.set(event.queue, event.offer.agent))
    if isinstance(event, QueueOpeningChanged):
        return world.with_closed(world.closed - {event.queue} if event.is_open else world.closed | {event.queue})
    return _paced(world, event) if isinstance(event, PACING) else world


def _paced(world: World, event: Event) -> World:
    """The services of a queue, and the promises that end with them."""
    if isinstance(event, WaitAnnounced | PlaceAnnounced):
        open_ones = (*world.promises.get(event.interaction, ()), promised(event))
        return replace(world, promises=world.promises.set(event.interaction, open_ones))
    interaction: str = getattr(event, "interaction", "")
    promises, world = world.promises.get(interaction, ()), _unpromised(world, interaction)
    found = world.interaction(interaction)
    if found is None or not isinstance(event, InteractionConnected):
        return world
    offer = world.offer(found.offer)
    offered_at = offer.offered_at if offer is not None else event.at
    pace = world.paces.get(found.queue, Pace())
    pace = pace.with_service(event.at, promises, here_since=found.here_since, offered_at=offered_at)
    return replace(world, paces=world.paces.set(found.queue, pace))


def _unpromised(world: World, interaction: str) -> World:
    if interaction not in world.promises:
        return world
    return replace(world, promises=world.promises.without(interaction))


def evolve_all(world: World, events: Iterable[Event]) -> World:
    """The world after all of them."""
    for event in events:
        world = evolve(world, event)
    return world


def _with(world: World, record: Record) -> World:
    if isinstance(record, Interaction):
        return _with_interaction(world, record)
    if isinstance(record, Offer):
        return _with_offer(world, record)
    return _with_agent(world, record)


def _knowing(world: World, waiting: Interaction) -> World:
    """With a bench for what this contact needs, where no queue asks for it by itself."""
    requirement = world.requirements.of_interaction(waiting)
    if requirement in world.requirements.lacking:
        return world
    requirements = world.requirements.knowing(requirement)
    able = [agent for agent in world.pool.standings if agent not in requirements.lacking[requirement]]
    return replace(world, requirements=requirements, pool=world.pool.with_bench(requirement, able))


def _with_interaction(world: World, after: Interaction) -> World:
    if after.state is InteractionState.QUEUED and after.skills:
        world = _knowing(world, after)
    before = world.interaction(after.id)
    lines, deadlines, interactions = world.lines, world.deadlines, world.interactions.set(after.id, after)
    if before is not None and before.state is InteractionState.QUEUED:
        lines = lines.left(world.requirements.line_of(before), before)
    if after.state is InteractionState.QUEUED:
        lines = lines.joined(world.requirements.line_of(after), after)
    if after.state is InteractionState.QUEUED or (before is not None and before.state is InteractionState.QUEUED):
        deadlines = _patience(world, deadlines, after)
    if before is not None and before.state is InteractionState.CONNECTING:
        deadlines = deadlines.put(Kind.JOIN, before.offer, None)
    if after.state is InteractionState.CONNECTING:
        offer = world.offers[after.offer]
        deadlines = deadlines.put(Kind.JOIN, offer.id, offer.expires_at + world.settings.rules.join_s)
    deadlines = deadlines.put(Kind.WRAP_UP, after.id, after.wrap_up_until)
    deadlines = deadlines.put(Kind.CALLBACK, after.id, _due_at(world, after))
    if after.state is InteractionState.CLOSED:
        world = without_rests(replace(world, deadlines=deadlines), after.id)
        interactions, deadlines = interactions.without(after.id), world.deadlines
    callbacks = world.callbacks.with_(after)
    world = replace(world, interactions=interactions, lines=lines, deadlines=deadlines, callbacks=callbacks)
    world = _visited(world, before.guests if before is not None else (), after)
    return _standing(world, after.agent) if after.agent and after.state is not InteractionState.CLOSED else world


def _due_at(world: World, one: Interaction) -> float | None:
    is_scheduled = one.state is InteractionState.SCHEDULED and not world.waits_for_opening(one)
    return one.due_at if is_scheduled else None


def _visited(world: World, before: tuple[Guest, ...], after: Interaction) -> World:
    """A guest of a talk has no ear for another one."""
    before = tuple(guest for guest in before if guest.kind != "participant")
    came = (
        {guest.who for guest in after.guests if guest.kind != "participant"}
        if after.state is not InteractionState.CLOSED
        else set()
    )
    for who in {guest.who for guest in before} ^ came:
        others = tuple(name for name in world.visits.get(who, ()) if name != after.id)
        now = (*others, after.id) if who in came else others
        visits = world.visits.set(who, now) if now else world.visits.without(who)
        world = _standing(replace(world, visits=visits), who)
    return world


def _patience(world: World, deadlines: Deadlines, after: Interaction) -> Deadlines:
    """When its requirements relax next, and until when nobody but the wanted agent is asked."""
    is_waiting = after.state is InteractionState.QUEUED
    deadlines = deadlines.put(Kind.RELAX, after.id, world.requirements.next_relax_at(after) if is_waiting else None)
    deadlines = deadlines.put(Kind.LONGEST_WAIT, after.id, world.patient_until(after) if is_waiting else None)
    deadlines = deadlines.put(Kind.REPLY_WINDOW, after.id, after.reply_by if is_waiting else None)
    return deadlines.put(Kind.HOLD, after.id, after.held_until if is_waiting else None)


def _with_offer(world: World, after: Offer) -> World:
    others = tuple(offer for offer in world.held.get(after.agent, ()) if offer != after.id)
    is_live = after.ended_at is None
    ring_until = after.expires_at if after.state is OfferState.PENDING else None
    rings = tuple(offer for offer in world.ringing(after.interaction) if offer != after.id)
    if ring_until is not None:
        rings = tuple(sorted((*rings, after.id)))
    world = replace(
        world,
        offers=world.offers.set(after.id, after) if is_live else world.offers.without(after.id),
        held=world.held.set(after.agent, (*others, after.id) if is_live else others),
        rings=world.rings.set(after.interaction, rings) if rings else world.rings.without(after.interaction),
        deadlines=world.deadlines.put(Kind.RING, after.id, ring_until),
    )
    return _standing(world, after.agent)


def _with_agent(world: World, after: Agent) -> World:
    return _standing(replace(world, agents=world.agents.set(after.id, after)), after.id)


def _standing(world: World, agent: str) -> World:
    """Bring the pool up to date with the agent."""
    record = world.agent(agent)
    if record is None:
        return world
    load, rules = world.load(agent), world.settings.rules
    standing = Standing(
        record.idle_since, {slot: hindrance(record, load, slot, rules) for slot in world.settings.slots}
    )
    pool = world.pool.stood(agent, world.requirements.met_by(agent), standing)
    return world if pool is world.pool else replace(world, pool=pool)


def _with_orphans(settings: Settings, interactions: Iterable[Interaction]) -> Settings:
    orphans = {record.queue: settings.queue(record.queue) for record in interactions if record.queue}
    return replace(settings, queues={**settings.queues, **orphans})


NO_LOAD = Load()
PACING = (WaitAnnounced, PlaceAnnounced, InteractionConnected, InteractionClosed)
