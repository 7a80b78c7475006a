"""Opening, queueing, leaving the queue and closing of interactions, from the contact's side."""

from __future__ import annotations

from ..commands import CloseInteraction, EnqueueInteraction, LeaveQueue, OpenInteraction, Refused
from ..events import (
    Event,
    InteractionClosed,
    InteractionDequeued,
    InteractionOpened,
    InteractionQueued,
    OfferRescinded,
)
from ..ids import IdSource
from ..matching import nobody_free
from ..model import Interaction, InteractionState, Outcome
from ..world import World, evolve_all
from .talking import end_talk

GONE = "interaction-gone"  # closed, or never opened: the router keeps only open ones


def open_interaction(world: World, command: OpenInteraction, ids: IdSource) -> list[Event] | Refused:
    """A contact has arrived."""
    if command.interaction in world.interactions:
        return Refused("interaction-exists", command.interaction)
    interaction = Interaction(
        id=command.interaction,
        contact=command.contact,
        channel=command.channel,
        medium=command.medium,
        leg=command.leg,
        opened_at=command.at,
        flow=command.flow,
        language=command.language,
        subject=command.subject,
    )
    return [InteractionOpened(at=command.at, interaction=interaction)]


def enqueue(world: World, command: EnqueueInteraction, ids: IdSource) -> list[Event] | Refused:
    """Into the line. Already there (after a restart): the place is kept. In another one: moved, the clock kept."""
    interaction = world.interaction(command.interaction)
    if interaction is None:
        return Refused(GONE, command.interaction)
    if command.queue not in world.settings.queues:
        return Refused("unknown-queue", command.queue)
    if interaction.state in IN_LINE and interaction.queue == command.queue:
        return []
    events: list[Event] = []
    if interaction.state is InteractionState.QUEUED:
        left = InteractionDequeued(at=command.at, interaction=interaction.id, queue=interaction.queue, reason="moved")
        events.append(left)
    elif interaction.state is not InteractionState.IN_FLOW:
        return Refused("not-in-flow", interaction.state.value)
    queued = InteractionQueued(
        at=command.at,
        interaction=interaction.id,
        queue=command.queue,
        priority=command.priority,
        queued_at=command.at if interaction.queued_at is None else interaction.queued_at,
        language=command.language,
    )
    return _with_receipt(world, [*events, queued], interaction.id, command.at, ids)


def requeue(world: World, ended: list[Event], interaction: Interaction, at: float, ids: IdSource) -> list[Event]:
    """The events ``ended`` (an offer came to nothing) and the return to the old place."""
    back = InteractionQueued(
        at=at,
        interaction=interaction.id,
        queue=interaction.queue,
        priority=interaction.priority,
        queued_at=interaction.queued_at if interaction.queued_at is not None else at,
        requeue=True,
    )
    return _with_receipt(world, [*ended, back], interaction.id, at, ids)


def leave(world: World, command: LeaveQueue, ids: IdSource) -> list[Event] | Refused:
    """Out of the line, back to the flow. A ringing offer is rescinded; an accepted one is not."""
    interaction = world.interaction(command.interaction)
    if interaction is None:
        return Refused(GONE, command.interaction)
    if interaction.state is InteractionState.IN_FLOW:
        return []
    if interaction.state not in IN_LINE:
        return Refused("offer-accepted", interaction.state.value)
    left = InteractionDequeued(
        at=command.at, interaction=interaction.id, queue=interaction.queue, reason=command.reason
    )
    return [*_rescinded(world, interaction, command.at, "contact-left-queue"), left]


def close(world: World, command: CloseInteraction, ids: IdSource) -> list[Event] | Refused:
    """The contact is gone, or the flow is over; what that means depends on the state."""
    interaction = world.interaction(command.interaction)
    if interaction is None:
        return Refused(GONE, command.interaction)
    if interaction.state is InteractionState.WRAP_UP:
        return []  # the contact is gone already; the agent's part goes on
    if interaction.state is InteractionState.CONNECTED:
        by = "switch" if command.outcome is Outcome.LOST else "contact"
        return end_talk(world, interaction, at=command.at, by=by, cause=command.cause)
    is_in_flow = interaction.state is InteractionState.IN_FLOW
    outcome = command.outcome or (Outcome.SELF_SERVICE if is_in_flow else Outcome.ABANDONED)
    closed = InteractionClosed(at=command.at, interaction=interaction.id, outcome=outcome, cause=command.cause)
    return [*_rescinded(world, interaction, command.at, "contact-left"), closed]


def _rescinded(world: World, interaction: Interaction, at: float, reason: str) -> list[Event]:
    offer = world.offer(interaction.offer) if interaction.offer else None
    if offer is None:
        return []
    ids = {"offer": offer.id, "interaction": interaction.id, "agent": offer.agent}
    return [OfferRescinded(at=at, reason=reason, **ids)]


def _with_receipt(world: World, events: list[Event], interaction: str, at: float, ids: IdSource) -> list[Event]:
    after = evolve_all(world, events)
    return [*events, *nobody_free(after, after.interactions[interaction], at, ids)]


IN_LINE = (InteractionState.QUEUED, InteractionState.OFFERED)
