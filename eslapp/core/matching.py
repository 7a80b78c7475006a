"""The match: waiting work with free agents, in the order of the lines, with a receipt for every decision.

Nobody waits beside a free able agent, and nobody is passed over by a later place, except for a decliner's cool-down
and for texts of the night, which are kept until their queue opens.
Not here: what the offer leads to (``decisions.offers``), who ranks first (``routing``).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from heapq import heapify, heappop, heappush
from itertools import islice

from .declined import OVER
from .events import DecisionMade, Event, InteractionConnected, OfferAccepted, OfferMade
from .free_pool import Seats
from .ids import IdSource, leg_id
from .model import Interaction, Medium, Offer, Queue, Receipt
from .routing import NOT_WANTED, Ask, Rank, behind, ranked, strategy
from .waiting import LineKey, Place
from .world import World, evolve_all

QUEUE_CLOSED = "queue-closed"


@dataclass(frozen=True, slots=True)
class Choice:
    """One decision: the ranked candidates, best first, and those who are asked; no candidate, nobody."""

    ranked: tuple[Rank, ...] = ()
    asked: tuple[str, ...] = ()

    @property
    def winner(self) -> str:
        return self.asked[0] if self.asked else ""


def match_waiting(world: World, at: float, ids: IdSource) -> list[Event]:
    """Decisions and offers for whoever can be served now, at most ``rules.offers_per_pass``."""
    passes = islice(matches(world, at, ids), world.settings.rules.offers_per_pass)
    return [event for made in passes for event in made]


def matches(world: World, at: float, ids: IdSource) -> Iterator[list[Event]]:
    """One after the other: the decision and the offers for the next one who can be served."""
    free = (head for head in world.lines.heads() if free_for(world, head[1]))
    places = [(first, key) for place, key in free if (first := _servable(world, key, place)) is not None]
    heapify(places)
    while places:
        place, key = heappop(places)
        if not free_for(world, key):
            continue
        following = _servable(world, key, world.lines.after(key, place))
        made = offer_to_best(world, world.interactions[place[-1]], at, ids)
        if made:
            yield made
            world = evolve_all(world, made)
        if following is not None:
            heappush(places, (following, key))


def _servable(world: World, key: LineKey, place: Place | None) -> Place | None:
    """This place, or the next one of the line who is not kept for the opening. Of a queue that is open: this one."""
    if place is None or key[0] not in world.closed:
        return place
    behind = (other for other, _ in world.lines.line(key).items_from(place))
    return next((other for other in behind if not world.is_kept(world.interactions[other[-1]])), None)


def free_for(world: World, key: LineKey) -> Seats:
    """Who could serve this line now."""
    _, slot, requirement, only = key
    return world.pool.free_alone(slot, requirement, only) if only else world.pool.free(slot, requirement)


def offer_to_best(world: World, interaction: Interaction, at: float, ids: IdSource) -> list[Event]:
    """The decision and the offers, or nothing where no free agent may be asked now."""
    choice = choose(world, interaction, at)
    if not choice.asked:
        return []
    events: list[Event] = [DecisionMade(at=at, receipt=receipt_of(world, interaction, choice, at, ids))]
    queue = world.settings.queue(interaction.queue)
    for agent in choice.asked:
        offer = _offer(interaction, queue, agent, at, ids())
        events.append(OfferMade(at=at, offer=offer, queue=queue.name))
    return [*events, *_taken_at_once(world, interaction, choice, events[1], at)]


def _offer(interaction: Interaction, queue: Queue, agent: str, at: float, offer_id: str) -> Offer:
    return Offer(
        id=offer_id,
        interaction=interaction.id,
        agent=agent,
        medium=interaction.medium,
        offered_at=at,
        expires_at=at + queue.ring_s,
        leg=leg_id(offer_id) if interaction.medium is Medium.VOICE else "",
        queue=queue.name,
    )


def _taken_at_once(world: World, interaction: Interaction, choice: Choice, made: Event, at: float) -> list[Event]:
    """A text whose agent takes such work without being asked. (A call: the phone is told to answer by itself.)"""
    agent = world.agents[choice.winner]
    slot = world.settings.slot(interaction.channel, interaction.medium)
    is_taken = interaction.medium is Medium.TEXT and slot in agent.auto_accept and len(choice.asked) == 1
    if not is_taken or not isinstance(made, OfferMade):
        return []
    since = interaction.queued_at if interaction.queued_at is not None else at
    about = {"interaction": interaction.id, "agent": agent.id}
    return [
        OfferAccepted(at=at, offer=made.offer.id, **about),
        InteractionConnected(at=at, waited_s=max(0.0, at - since), **about),
    ]


def nobody_free(world: World, interaction: Interaction, at: float, ids: IdSource) -> list[Event]:
    """For one who has just joined a line and whom nobody can serve now: the decision that says why."""
    free = free_for(world, world.requirements.line_of(interaction))
    is_asked = not world.is_kept(interaction)
    if is_asked and any(world.cool_downs.get((interaction.id, agent), OVER).until <= at for _, agent in free):
        return []
    return [DecisionMade(at=at, receipt=receipt_of(world, interaction, Choice(), at, ids))]


def choose(world: World, interaction: Interaction, at: float) -> Choice:
    """Rank the free able agents. Decliners come back after their cool-down, and only where nobody else is free."""
    queue = world.settings.queue(interaction.queue)
    free = [agent for _, agent in free_for(world, world.requirements.line_of(interaction))]
    fresh, rested = free, []
    if interaction.id in world.decliners:
        rests = {agent: world.cool_downs.get((interaction.id, agent), None) for agent in free}
        fresh = [agent for agent in free if rests[agent] is None]
        rested = [agent for agent in free if (rest := rests[agent]) is not None and rest.until <= at]
    best_first = ranked([world.agents[agent] for agent in fresh or rested], ask_of(world, interaction, queue, at))
    at_once = strategy(queue.strategy).at_once
    return Choice(best_first, tuple(one.agent for one in best_first[:at_once]))


def ask_of(world: World, interaction: Interaction, queue: Queue, at: float) -> Ask:
    """The question to the strategy."""
    return Ask(
        at=at,
        queue=queue,
        interaction=interaction,
        last_winner=world.turns.get(queue.name, ""),
        agent_count=max(1, len(world.agents)),
        place_of=world.agents.rank,
        live=world.live,
        given_at=world.given_at,
    )


def receipt_of(world: World, interaction: Interaction, choice: Choice, at: float, ids: IdSource) -> Receipt:
    """The decision with everybody who lost and their first failing reason."""
    queue = world.settings.queue(interaction.queue)
    return Receipt(
        id=ids(),
        interaction=interaction.id,
        queue=queue.name,
        at=at,
        winner=choice.winner,
        strategy=queue.strategy,
        candidates=tuple((one.agent, one.score) for one in choice.ranked),
        lost=_lost(world, interaction, queue, choice),
        position=world.lines.position(interaction),
        waiting=world.lines.waiting(queue.name),
        revision=world.settings.revision,
        asked=choice.asked if len(choice.asked) > 1 else (),
        step=interaction.relaxed,
    )


def _lost(world: World, interaction: Interaction, queue: Queue, choice: Choice) -> dict[str, tuple[str, ...]]:
    """Everybody but those asked: what they lack first, then no room, then what put others before them."""
    _, slot, requirement, only = world.requirements.line_of(interaction)
    asked, by = set(choice.asked), strategy(queue.strategy)
    after = behind(choice.ranked, by)
    lacking = world.requirements.lacking.get(requirement, {})
    lost: dict[str, list[str]] = {}
    kept = QUEUE_CLOSED if world.is_kept(interaction) else ""
    for agent, standing in world.pool.standings.items():
        if agent in asked:
            continue
        reason = lacking.get(agent) or standing.hindrances.get(slot, "nowhere") or kept or after.get(agent, "")
        if not reason:
            rest = world.cool_downs.get((interaction.id, agent), OVER)
            reason = NOT_WANTED if only else rest.cause.value
        lost.setdefault(reason, []).append(agent)
    return {reason: tuple(agents) for reason, agents in lost.items()}
