"""Callbacks: asked for, due, dialled, not reached. They keep the place and the clock of the call they replace."""

from __future__ import annotations

from ..callbacks import CHANNEL, OUTBOUND, must_be_dialled
from ..commands import DialContact, LeaveQueue, MissContact, Refused, RequestCallback, StartCallback
from ..events import (
    CallbackScheduled,
    ContactDialled,
    Event,
    InteractionClosed,
    InteractionOpened,
)
from ..ids import IdSource
from ..model import Interaction, InteractionState, Medium, Outcome, Queue
from ..waiting import head_start_s
from ..world import World
from .offers import rescinded
from .placing import due
from .queueing import GONE, IN_LINE, leave

LOOK_AGAIN_S = 5.0  # while the contact is still on the phone with us
TALKING = (InteractionState.CONNECTING, InteractionState.CONNECTED, InteractionState.WRAP_UP)


def request(world: World, command: RequestCallback, ids: IdSource) -> list[Event] | Refused:
    """A new interaction in the parent's chain. Out of the line goes the parent; who is being joined is refused."""
    parent = world.interaction(command.parent)
    if parent is None:
        return Refused(GONE, command.parent)
    if command.interaction in world.interactions:
        return Refused("interaction-exists", command.interaction)
    queue = command.queue or parent.queue
    if queue not in world.settings.queues:
        return Refused("unknown-queue", queue)
    if parent.state in TALKING:
        return Refused("offer-accepted", parent.state.value)
    left: list[Event] | Refused = []
    if parent.state in IN_LINE:
        left = leave(world, LeaveQueue(at=command.at, interaction=parent.id, reason=CHANNEL), ids)
    if isinstance(left, Refused):
        return left
    keeps_clock = parent.queued_at is not None and queue == parent.queue
    priority = parent.priority if command.priority is None else command.priority
    opened = _opened(world.settings.queues[queue], parent, command, priority)
    scheduled = CallbackScheduled(
        at=command.at,
        interaction=opened.id,
        queue=queue,
        priority=priority,
        queued_at=parent.queued_at if keeps_clock and parent.queued_at is not None else command.at,
        due_at=command.at if command.due_at is None else max(command.at, command.due_at),
        reason="requested",
    )
    return [*left, InteractionOpened(at=command.at, interaction=opened), scheduled]


def _opened(queue: Queue, parent: Interaction, command: RequestCallback, priority: int) -> Interaction:
    """It has the parent's place, or a better one where the queue gives callbacks a head start."""
    own = head_start_s(queue, priority=priority, level=parent.level, urgency=parent.urgency, channel=CHANNEL)
    return Interaction(
        id=command.interaction,
        contact=parent.contact,
        channel=CHANNEL,
        medium=Medium.VOICE,
        leg="",
        opened_at=command.at,
        flow=parent.flow,
        language=parent.language,
        subject=command.address,
        parent=parent.id,
        chain=parent.chain or parent.id,
        address=command.address,
        level=parent.level,
        urgency=parent.urgency,
        wanted=parent.wanted,
        skills=parent.skills,
        head_start_s=max(own, parent.head_start_s) if queue.name == parent.queue else own,
        relaxed=parent.relaxed if queue.name == parent.queue else 0,
    )


def start(world: World, command: StartCallback, ids: IdSource) -> list[Event] | Refused:
    """Into the line with the old clock. A timer that comes too late changes nothing."""
    callback = world.interaction(command.interaction)
    if callback is None or callback.state is not InteractionState.SCHEDULED:
        return []
    if callback.parent in world.interactions and world.interactions[callback.parent].state not in TALKING:
        return [_put_off(callback, command.at, command.at + LOOK_AGAIN_S, "on-the-line")]
    return due(world, callback, command.at, ids)


def dial(world: World, command: DialContact, ids: IdSource) -> list[Event] | Refused:
    """The row first: after a crash the leg is known by it."""
    callback = world.interaction(command.interaction)
    if callback is None:
        return Refused(GONE, command.interaction)
    if not must_be_dialled(callback):
        return Refused("not-a-callback", callback.id)
    if callback.state is not InteractionState.CONNECTING:
        return Refused("not-connecting", callback.state.value)
    if callback.leg == command.leg:
        return []
    return [ContactDialled(at=command.at, interaction=callback.id, leg=command.leg, tries=callback.tries + 1)]


def miss(world: World, command: MissContact, ids: IdSource) -> list[Event] | Refused:
    """Not reached: the agent is free and not blamed; again later, or the end where the tries are used up."""
    callback = world.interaction(command.interaction)
    if callback is None:
        return Refused(GONE, command.interaction)
    if not must_be_dialled(callback):
        return Refused("not-a-callback", callback.id)
    if callback.state is not InteractionState.CONNECTING:
        return Refused("not-connecting", callback.state.value)
    freed = rescinded(world.offers[callback.offer], command.at, f"contact-{command.reason}")
    queue = world.settings.queue(callback.queue)
    if callback.tries >= queue.callback_tries or callback.channel == OUTBOUND:
        over = InteractionClosed(
            at=command.at, interaction=callback.id, outcome=Outcome.NOT_REACHED, cause=command.reason
        )
        return [freed, over]
    return [freed, _put_off(callback, command.at, command.at + queue.callback_retry_s, command.reason)]


def _put_off(callback: Interaction, at: float, due_at: float, reason: str) -> CallbackScheduled:
    return CallbackScheduled(
        at=at,
        interaction=callback.id,
        queue=callback.queue,
        priority=callback.priority,
        queued_at=callback.queued_at if callback.queued_at is not None else at,
        due_at=due_at,
        reason=reason,
    )
