"""Opening, queueing, leaving the queue and closing of interactions, from the contact's side."""

from __future__ import annotations

from ..callbacks import CHANNEL
from ..commands import CloseInteraction, EnqueueInteraction, LeaveQueue, OpenInteraction, Refused
from ..events import (
    Event,
    InteractionClosed,
    InteractionDequeued,
    InteractionOpened,
    InteractionQueued,
)
from ..ids import IdSource
from ..model import Interaction, InteractionState, Medium, Outcome
from ..world import World, evolve_all
from .placing import Joined, due_after, joined, rescinded_offer, with_receipt
from .talking import end_talk

GONE = "interaction-gone"  # closed, or never opened: the router keeps only open ones


def open_interaction(world: World, command: OpenInteraction, ids: IdSource) -> list[Event] | Refused:
    """A contact has arrived."""
    if command.interaction in world.interactions:
        return Refused("interaction-exists", command.interaction)
    parent = world.interaction(command.parent)
    chain = (parent.chain or parent.id) if parent is not None else command.parent
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
        parent=command.parent,
        chain=chain or command.interaction,
        level=command.level,
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
    is_call = interaction.medium is Medium.VOICE and interaction.channel != CHANNEL
    taken = joined(world, interaction, command.queue, command.at) if is_call else Joined()
    queued = InteractionQueued(
        at=command.at,
        interaction=interaction.id,
        queue=command.queue,
        priority=max(command.priority, taken.priority),
        queued_at=min(command.at if interaction.queued_at is None else interaction.queued_at, taken.queued_at),
        language=command.language,
        parent=taken.parent,
        chain=taken.chain,
    )
    return with_receipt(world, [*events, *taken.events, queued], interaction.id, command.at, ids)


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
    return [*rescinded_offer(world, interaction, command.at, "contact-left-queue"), left]


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
    outcome = command.outcome or _natural_outcome(interaction)
    promised = _promised(world, interaction)
    if promised and outcome in UNSERVED:
        outcome = Outcome.CALLBACK
    closed = InteractionClosed(at=command.at, interaction=interaction.id, outcome=outcome, cause=command.cause)
    events = [*rescinded_offer(world, interaction, command.at, "contact-left"), closed]
    return [*events, *due_after(evolve_all(world, events), interaction, command.at, ids)] if promised else events


def _natural_outcome(interaction: Interaction) -> Outcome:
    if interaction.channel == CHANNEL:
        return Outcome.CANCELLED
    return Outcome.SELF_SERVICE if interaction.state is InteractionState.IN_FLOW else Outcome.ABANDONED


def _promised(world: World, interaction: Interaction) -> bool:
    """Whether the contact was promised in this interaction to be called back."""
    return any(world.interactions[name].parent == interaction.id for name in world.callbacks.of(interaction.contact))


IN_LINE = (InteractionState.QUEUED, InteractionState.OFFERED)
UNSERVED = (Outcome.ABANDONED, Outcome.SELF_SERVICE, Outcome.OVERFLOWED, Outcome.LOST)
