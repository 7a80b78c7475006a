"""Places in line: taken, taken back after an offer came to nothing, taken by a callback that is due.

Not here: who asks for one (``queueing``, ``callbacks``, ``offers``).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from ..callbacks import OUTBOUND, must_be_dialled
from ..events import Event, HeadStartChanged, InteractionClosed, InteractionQueued, OfferRescinded
from ..ids import IdSource
from ..matching import nobody_free
from ..model import Interaction, InteractionState, Outcome, Queue
from ..waiting import greatest_s, head_start_s, open_until
from ..world import World, evolve_all
from .wanting import held_until

PLACED = (
    InteractionState.QUEUED,
    InteractionState.SCHEDULED,
    InteractionState.OFFERED,
    InteractionState.CONNECTING,
    InteractionState.CONNECTED,
)
AT_ONCE_S = 5.0  # a callback due within this after the call it was asked in is due when that call ends


def with_receipt(world: World, events: list[Event], interaction: str, at: float, ids: IdSource) -> list[Event]:
    """The events, and why nobody can serve now who has just joined the line."""
    after = evolve_all(world, events)
    return [*events, *nobody_free(after, after.interactions[interaction], at, ids)]


def requeue(
    world: World,
    ended: list[Event],
    interaction: Interaction,
    at: float,
    ids: IdSource,
    *,
    ended_offers: int = 1,
    first: str = "",
) -> list[Event]:
    """The events ``ended`` (offers came to nothing) and the return to the old place, if nobody else is asked.

    ``first``: this agent alone is asked for a while, where they can come.
    """
    if len(world.ringing(interaction.id)) > ended_offers:
        return ended
    if interaction.channel == OUTBOUND and must_be_dialled(interaction):  # nobody else makes an agent's call
        return [*ended, InteractionClosed(at=at, interaction=interaction.id, outcome=Outcome.CANCELLED)]
    place = old_place(interaction, at)
    if first:
        queue = world.settings.queue(interaction.queue)
        until = held_until(world, replace(interaction, wanted=first), queue, at, hold_s=queue.sticky_s)
        place = replace(place, wanted=first, held_until=until)
    return with_receipt(world, [*ended, place], interaction.id, at, ids)


def due(world: World, callback: Interaction, at: float, ids: IdSource) -> list[Event]:
    """A callback joins the line with the clock it kept, first for who promised it or talked with them last."""
    queue = world.settings.queue(callback.queue)
    hold_s = queue.sticky_s if callback.held_until is not None else None
    until = held_until(world, callback, queue, at, hold_s=hold_s)
    place = replace(old_place(callback, at, is_requeue=False), held_until=until)
    return with_receipt(world, [place], callback.id, at, ids)


def due_after(
    world: World, parent: Interaction, at: float, ids: IdSource, *, within_s: float = AT_ONCE_S
) -> list[Event]:
    """The contact has hung up: the callback that was only waiting for that is due."""
    for name in world.callbacks.of(parent.contact):
        callback = world.interactions[name]
        is_waiting = callback.state is InteractionState.SCHEDULED and callback.parent == parent.id
        is_now = callback.tries == 0 and (callback.due_at or at) <= at + within_s
        if is_waiting and is_now and not world.waits_for_opening(callback):
            return due(world, callback, at, ids)
    return []


def old_place(interaction: Interaction, at: float, *, is_requeue: bool = True) -> InteractionQueued:
    """The same place with the same clock."""
    return InteractionQueued(
        at=at,
        interaction=interaction.id,
        queue=interaction.queue,
        priority=interaction.priority,
        queued_at=interaction.queued_at if interaction.queued_at is not None else at,
        requeue=is_requeue,
        head_start_s=interaction.head_start_s,
        reply_by=open_until(interaction.reply_by, at),
        relaxed=interaction.relaxed,
        skills=interaction.skills,
        here_since=interaction.here_since,
        own_ways=interaction.own_ways,
    )


def placed_anew(world: World, before: Mapping[str, Queue], at: float) -> Iterator[InteractionQueued | HeadStartChanged]:
    """Whoever has a place and another head start under the settings of now than under the queues of ``before``.

    A greater one that was taken over with a callback's place is kept, as far as the queue gives it to anybody: the
    bound on overtaking holds. Who waits moves at once; for whom somebody is rung, who talks in a chat or waits for a
    callback has it when they are back in line.
    """
    for one in world.interactions.values():
        was, now = before.get(one.queue), world.settings.queue(one.queue)
        if one.state not in PLACED or was is None or was.head_start == now.head_start:
            continue
        own, its_own = (
            head_start_s(queue, priority=one.priority, level=one.level, urgency=one.urgency, channel=one.channel)
            for queue in (now, was)
        )
        if not own < one.head_start_s <= its_own:
            own = max(own, min(one.head_start_s, greatest_s(now)))
        if own == one.head_start_s:
            continue
        if one.state is InteractionState.QUEUED:
            yield replace(old_place(one, at), head_start_s=own, held_until=one.held_until)
        else:
            yield HeadStartChanged(at=at, interaction=one.id, head_start_s=own)


@dataclass(frozen=True, slots=True)
class Joined:
    """What a call takes over from the callbacks its contact was waiting for."""

    events: tuple[Event, ...] = ()  # they are cancelled
    queued_at: float = float("inf")
    priority: int = 0
    head_start_s: float = 0.0
    parent: str = ""
    chain: str = ""


def joined(world: World, call: Interaction, queue: str, at: float) -> Joined:
    """The contact has called again, or whoever is at the number that was to be called: their callbacks end; the place
    of those in this queue is this call's. An inbound call's subject is its number."""
    taken = Joined()
    for name in world.callbacks.of(call.contact, call.subject):
        callback = world.interactions[name]
        over = InteractionClosed(at=at, interaction=name, outcome=Outcome.CANCELLED, cause="called-again")
        events = (*taken.events, *rescinded_offer(world, callback, at, "contact-called"), over)
        is_same = callback.queue == queue and callback.queued_at is not None
        taken = Joined(
            events,
            min(taken.queued_at, callback.queued_at or at) if is_same else taken.queued_at,
            max(taken.priority, callback.priority) if is_same else taken.priority,
            max(taken.head_start_s, callback.head_start_s) if is_same else taken.head_start_s,
            taken.parent or (name if callback.parent != call.id else ""),
            taken.chain or callback.chain,
        )
    return taken


def promises_kept(world: World, call: Interaction, at: float) -> list[Event]:
    """An agent has reached the contact by a call of their own: what was due is not called a second time.

    A promise for a time that was chosen stays; so does a callback that another agent is about to make.
    """
    events: list[Event] = []
    for name in world.callbacks.of(call.contact, call.address) if call.channel == OUTBOUND else ():
        callback = world.interactions[name]
        is_missed = callback.state is InteractionState.SCHEDULED and callback.tries > 0
        if is_missed or callback.state in (InteractionState.QUEUED, InteractionState.OFFERED):
            over = InteractionClosed(at=at, interaction=name, outcome=Outcome.CANCELLED, cause="called-by-agent")
            events += [*rescinded_offer(world, callback, at, "contact-called"), over]
    return events


def rescinded_offer(world: World, interaction: Interaction, at: float, reason: str) -> list[Event]:
    """The offers that ring or the one that joins for it, taken back."""
    names = world.ringing(interaction.id) or ((interaction.offer,) if interaction.offer else ())
    live = [offer for name in names if (offer := world.offer(name)) is not None]
    return [
        OfferRescinded(at=at, reason=reason, offer=offer.id, interaction=interaction.id, agent=offer.agent)
        for offer in live
    ]
