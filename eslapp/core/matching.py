"""The match: waiting work with free agents, in the order of the lines, with a receipt for every decision.

Nobody waits beside a free able agent, and nobody is passed over by a later place, except for a decliner's cool-down.
Not here: what the offer leads to (``decisions.offers``), who ranks first (``routing``).
"""

from __future__ import annotations

from dataclasses import dataclass
from heapq import heapify, heappop, heappush

from .events import DecisionMade, Event, OfferMade
from .ids import IdSource, leg_id
from .model import Interaction, Loser, Medium, Offer, Queue, Receipt
from .routing import Ask, ranked, strategy
from .waiting import LineKey, Place
from .world import World, evolve_all

DECLINED = "declined"


@dataclass(frozen=True, slots=True)
class Choice:
    """One decision: the ranked candidates, best first; no candidate, no winner."""

    ranked: tuple[tuple[str, float], ...]

    @property
    def winner(self) -> str:
        return self.ranked[0][0] if self.ranked else ""


def match_waiting(world: World, at: float, ids: IdSource) -> list[Event]:
    """Decisions and offers for whoever can be served now, at most ``rules.offers_per_pass``."""
    events: list[Event] = []
    places: list[tuple[Place, LineKey]] = [head for head in world.lines.heads() if world.pool.free(head[1])]
    heapify(places)
    offers_left = world.settings.rules.offers_per_pass
    while places and offers_left:
        place, key = heappop(places)
        if not world.pool.free(key):
            continue
        following = world.lines.after(key, place)
        made = offer_to_best(world, world.interactions[place[2]], at, ids)
        if made:
            events += made
            world = evolve_all(world, made)
            offers_left -= 1
        if following is not None:
            heappush(places, (following, key))
    return events


def offer_to_best(world: World, interaction: Interaction, at: float, ids: IdSource) -> list[Event]:
    """The decision and the offer, or nothing where no free agent may be asked now."""
    choice = choose(world, interaction, at)
    if not choice.winner:
        return []
    queue = world.settings.queue(interaction.queue)
    offer_id = ids()
    offer = Offer(
        id=offer_id,
        interaction=interaction.id,
        agent=choice.winner,
        medium=interaction.medium,
        offered_at=at,
        expires_at=at + queue.ring_s,
        leg=leg_id(offer_id) if interaction.medium is Medium.VOICE else "",
        queue=queue.name,
    )
    receipt = receipt_of(world, interaction, choice, at, ids)
    return [DecisionMade(at=at, receipt=receipt), OfferMade(at=at, offer=offer, queue=queue.name)]


def nobody_free(world: World, interaction: Interaction, at: float, ids: IdSource) -> list[Event]:
    """For one who has just joined a line and whom nobody can serve now: the decision that says why."""
    free = world.pool.free((interaction.queue, interaction.medium))
    if any(world.cool_downs.get((interaction.id, agent), at) <= at for _, agent in free):
        return []
    return [DecisionMade(at=at, receipt=receipt_of(world, interaction, Choice(()), at, ids))]


def choose(world: World, interaction: Interaction, at: float) -> Choice:
    """Rank the free able agents. Decliners come back after their cool-down, and only where nobody else is free."""
    queue = world.settings.queue(interaction.queue)
    free = [agent for _, agent in world.pool.free((queue.name, interaction.medium))]
    cool_downs = {agent: world.cool_downs.get((interaction.id, agent), None) for agent in free}
    fresh = [agent for agent in free if cool_downs[agent] is None]
    rested = [agent for agent in free if (until := cool_downs[agent]) is not None and until <= at]
    asked = [world.agents[agent] for agent in fresh or rested]
    return Choice(ranked(asked, ask_of(world, interaction, queue, at)))


def ask_of(world: World, interaction: Interaction, queue: Queue, at: float) -> Ask:
    """The question to the strategy."""
    return Ask(
        at=at,
        queue=queue,
        interaction=interaction,
        last_winner=world.turns.get(queue.name, ""),
        agent_count=max(1, len(world.agents)),
        place_of=world.agents.rank,
        live=lambda agent: world.load(agent).live,
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
        candidates=choice.ranked,
        losers=_losers(world, interaction, queue, choice),
        position=world.lines.position(interaction),
        waiting=world.lines.waiting(queue.name),
        revision=world.settings.revision,
    )


def _losers(world: World, interaction: Interaction, queue: Queue, choice: Choice) -> tuple[Loser, ...]:
    """Everybody but the winner, by id: a missing skill first, then no room, then the place in the ranking."""
    ranked, lost = {agent for agent, _ in choice.ranked}, strategy(queue.strategy).lost
    lacks, is_call = world.lacks.get(queue.name, {}), interaction.medium is Medium.VOICE
    winner, losers = choice.winner, []
    for agent, standing in world.pool.standings.items():
        if agent != winner:
            reason = standing.call if is_call else standing.text
            if agent in lacks:
                reason = f"skill:{lacks[agent]}"
            elif not reason:
                reason = lost if agent in ranked else DECLINED
            losers.append(Loser(agent, reason))
    return tuple(losers)
