"""Opening, queueing, leaving the queue and closing of interactions, from the contact's side."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from ..callbacks import CHANNEL, must_be_dialled
from ..commands import (
    CloseInteraction,
    EndHold,
    EndReplyWindow,
    EnqueueInteraction,
    LeaveQueue,
    LinkInteraction,
    OpenInteraction,
    Refused,
    RelaxSkills,
    RenewReplyWindow,
)
from ..events import (
    Event,
    HoldEnded,
    InteractionClosed,
    InteractionDequeued,
    InteractionLinked,
    InteractionOpened,
    InteractionOverflowed,
    InteractionQueued,
    ReplyWindowEnded,
    ReplyWindowRenewed,
    SkillsRelaxed,
)
from ..ids import IdSource
from ..model import Interaction, InteractionState, Medium, Outcome
from ..waiting import head_start_s, open_until
from ..world import World, evolve_all
from .overflowing import admitted
from .placing import Joined, due_after, joined, old_place, rescinded_offer, with_receipt
from .talking import end_talk
from .wanting import held_until

GONE = "interaction-gone"  # closed, or never opened: the router keeps only open ones


def open_interaction(world: World, command: OpenInteraction, ids: IdSource) -> list[Event] | Refused:
    """A contact has arrived; with ``queue`` it is work that was left, which joins the line with the same events."""
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
        wanted=command.wanted,
        queue=command.stood_in,
        queued_at=command.stood_since,
    )
    opened: list[Event] = [InteractionOpened(at=command.at, interaction=interaction)]
    if not command.queue:
        return opened
    queues = world.settings.queues  # nobody is there who could be told that one was deleted meanwhile
    queue = command.queue if command.queue in queues else next(iter(queues), "")
    if not queue:
        return Refused("unknown-queue", command.queue)
    wish = EnqueueInteraction(at=command.at, interaction=interaction.id, queue=queue)
    return [*opened, *_join_line(evolve_all(world, opened), interaction, wish, ids)]


def enqueue(world: World, command: EnqueueInteraction, ids: IdSource) -> list[Event] | Refused:
    """Into the line. Already there (after a restart): the place is kept; a greater head start than before betters it.

    In another one: moved, the clock kept.
    """
    interaction = world.interaction(command.interaction)
    if interaction is None:
        return Refused(GONE, command.interaction)
    if command.queue not in world.settings.queues:
        return Refused("unknown-queue", command.queue)
    if interaction.state in IN_LINE and interaction.queue == command.queue:
        return _bettered(world, interaction, command)
    if interaction.state is InteractionState.QUEUED:
        left = InteractionDequeued(at=command.at, interaction=interaction.id, queue=interaction.queue, reason="moved")
        return [left, *_join_line(world, interaction, command, ids)]
    if interaction.state is not InteractionState.IN_FLOW:
        return Refused("not-in-flow", interaction.state.value)
    return _join_line(world, interaction, command, ids)


def _join_line(world: World, interaction: Interaction, command: EnqueueInteraction, ids: IdSource) -> list[Event]:
    """The place, here or on the way of overflows; only what is noted where the flow has to decide."""
    name, noted = command.queue, list[InteractionOverflowed]()
    if not _stood_in(interaction, command.queue):  # who did, has the place
        asking = _asking(interaction, command)
        name, noted = admitted(world, asking, command.queue, command.own_ways, command.at)
    if not name:
        return [*noted]
    command = replace(command, queue=name)
    is_call = interaction.medium is Medium.VOICE and interaction.channel != CHANNEL
    taken = joined(world, interaction, command.queue, command.at) if is_call else Joined()
    queued = _place(world, interaction, command, taken)
    return with_receipt(world, [*noted, *taken.events, queued], interaction.id, command.at, ids)


def _stood_in(interaction: Interaction, queue: str) -> bool:
    """Whether they left this line by themselves (a key, a callback they did not want after all)."""
    return interaction.queue == queue and interaction.queued_at is not None and not interaction.overflow


def _place(world: World, interaction: Interaction, command: EnqueueInteraction, taken: Joined) -> InteractionQueued:
    """The place in the line with all that decides it."""
    queue = world.settings.queues[command.queue]
    queued_at = min(command.at if interaction.queued_at is None else interaction.queued_at, taken.queued_at)
    priority = max(command.priority, taken.priority)
    level, urgency = command.level or interaction.level, command.urgency or interaction.urgency
    own = head_start_s(queue, priority=priority, level=level, urgency=urgency, channel=interaction.channel)
    relaxed = world.requirements.relaxed_after(queue.name, command.at - queued_at)
    is_kept = command.is_kept or (interaction.medium is Medium.TEXT and queue.name in world.closed)
    return InteractionQueued(
        at=command.at,
        interaction=interaction.id,
        queue=queue.name,
        priority=priority,
        queued_at=queued_at,
        language=command.language,
        parent=taken.parent,
        chain=taken.chain,
        level=command.level,
        urgency=command.urgency,
        head_start_s=max(own, taken.head_start_s),
        reply_by=open_until(command.reply_by if command.reply_by is not None else interaction.reply_by, command.at),
        relaxed=relaxed,
        wanted=command.wanted,
        held_until=held_until(world, _asking(interaction, command, relaxed), queue, command.at, hold_s=command.hold_s),
        skills=command.skills or interaction.skills,
        here_since=None if is_kept else command.at,
        own_ways=" ".join(command.own_ways),
    )


def _bettered(world: World, interaction: Interaction, command: EnqueueInteraction) -> list[Event]:
    """Further ahead by a higher priority, another level or urgency; nothing where that makes no difference."""
    queue, priority = world.settings.queues[command.queue], max(command.priority, interaction.priority)
    level, urgency = command.level or interaction.level, command.urgency or interaction.urgency
    own = head_start_s(queue, priority=priority, level=level, urgency=urgency, channel=interaction.channel)
    if own <= interaction.head_start_s or interaction.state is not InteractionState.QUEUED:
        return []
    place = replace(old_place(interaction, command.at), held_until=interaction.held_until)
    return [replace(place, priority=priority, head_start_s=own, level=level, urgency=urgency)]


def _asking(interaction: Interaction, command: EnqueueInteraction, relaxed: int = 0) -> Interaction:
    """The contact with what the flow knows of them now."""
    return replace(
        interaction,
        queue=command.queue,
        language=command.language or interaction.language,
        skills=command.skills or interaction.skills,
        wanted=command.wanted or interaction.wanted,
        relaxed=relaxed,
        own_ways=" ".join(command.own_ways),
    )


def link(world: World, command: LinkInteraction, ids: IdSource) -> list[Event] | Refused:
    """Told twice (after a crash) it changes nothing."""
    interaction = world.interaction(command.interaction)
    if interaction is None:
        return Refused(GONE, command.interaction)
    told: dict[str, Any] = {"contact": command.contact, "parent": command.parent, "chain": command.chain}
    if all(getattr(interaction, name) == value for name, value in told.items()):
        return []
    if interaction.queued_at is None and command.stood_in:  # a place of its own is not given up
        told |= {"queue": command.stood_in, "queued_at": command.stood_since}
    return [InteractionLinked(at=command.at, interaction=interaction.id, **told)]


def relax(world: World, command: RelaxSkills, ids: IdSource) -> list[Event] | Refused:
    """The next step. A timer that comes too late changes nothing."""
    interaction = world.interaction(command.interaction)
    if interaction is None or interaction.state is not InteractionState.QUEUED:
        return []
    if world.requirements.next_relax_at(interaction) is None:
        return []
    return [SkillsRelaxed(at=command.at, interaction=interaction.id, step=interaction.relaxed + 1)]


def end_hold(world: World, command: EndHold, ids: IdSource) -> list[Event] | Refused:
    """Anybody may be asked now. A timer that comes too late changes nothing."""
    interaction = world.interaction(command.interaction)
    if interaction is None or interaction.state is not InteractionState.QUEUED or interaction.held_until is None:
        return []
    return [HoldEnded(at=command.at, interaction=interaction.id)]


def renew_reply_window(world: World, command: RenewReplyWindow, ids: IdSource) -> list[Event] | Refused:
    """Another place, where another one follows from it; also for who is being offered and may come back."""
    interaction, until = world.interaction(command.interaction), open_until(command.reply_by, command.at)
    if interaction is None or interaction.state not in IN_LINE or interaction.reply_by == until:
        return []
    return [ReplyWindowRenewed(at=command.at, interaction=interaction.id, reply_by=until)]


def end_reply_window(world: World, command: EndReplyWindow, ids: IdSource) -> list[Event] | Refused:
    """Back to the place that its clock gives it. A timer that comes too late changes nothing."""
    interaction = world.interaction(command.interaction)
    if interaction is None or interaction.state is not InteractionState.QUEUED or interaction.reply_by is None:
        return []
    return [ReplyWindowEnded(at=command.at, interaction=interaction.id)]


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
    if interaction.channel == CHANNEL and must_be_dialled(interaction):
        return Outcome.CANCELLED
    if interaction.state is InteractionState.IN_FLOW:  # after a talk: the agent has handed the contact on
        return Outcome.SELF_SERVICE if interaction.connected_at is None else Outcome.HANDLED
    return Outcome.ABANDONED


def _promised(world: World, interaction: Interaction) -> bool:
    """Whether the contact was promised in this interaction to be called back."""
    return any(world.interactions[name].parent == interaction.id for name in world.callbacks.of(interaction.contact))


IN_LINE = (InteractionState.QUEUED, InteractionState.OFFERED)
UNSERVED = (Outcome.ABANDONED, Outcome.SELF_SERVICE, Outcome.OVERFLOWED, Outcome.LOST)
