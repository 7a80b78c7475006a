"""Callbacks: asked for, due, dialled, not reached. They keep the place and the clock of the call they replace.

One that is due while its queue is closed waits for the opening, unless an agent has promised it in person
(``Interaction.held_until`` is set while it is scheduled): ``eslapp.core.callbacks.waits_for_opening``.
"""

from __future__ import annotations

from ..callbacks import CHANNEL, OUTBOUND, must_be_dialled
from ..commands import DialContact, LeaveQueue, MissContact, Refused, RequestCallback, StartCallback
from ..events import (
    CallbackScheduled,
    ContactDialled,
    Event,
    InteractionClosed,
    InteractionOpened,
    TalkEnded,
)
from ..ids import IdSource
from ..model import Interaction, InteractionState, Medium, Outcome, Queue
from ..waiting import head_start_s
from ..world import World, evolve_all
from .offers import rescinded
from .placing import due, due_after
from .queueing import GONE, IN_LINE, leave

LOOK_AGAIN_S = 5.0  # while the contact is still on the phone with us
LOOK_TALK_S = 60.0  # and while they talk with an agent: the end of the talk makes it due
TALKING = (InteractionState.CONNECTED, InteractionState.WRAP_UP)


def request(world: World, command: RequestCallback, ids: IdSource) -> list[Event] | Refused:
    """A new interaction in the parent's chain. The parent leaves the line; a talk goes on; no promise in a join."""
    parent = world.interaction(command.parent)
    if parent is None:
        return Refused(GONE, command.parent)
    if command.interaction in world.interactions:
        return Refused("interaction-exists", command.interaction)
    queue = command.queue or parent.queue
    if queue not in world.settings.queues:
        return Refused("unknown-queue", queue)
    if command.promised_by and world.agent(command.promised_by) is None:
        return Refused("unknown-agent", command.promised_by)
    if parent.state is InteractionState.CONNECTING:
        return Refused("offer-accepted", parent.state.value)
    left: list[Event] | Refused = []
    if parent.state in IN_LINE:
        left = leave(world, LeaveQueue(at=command.at, interaction=parent.id, reason=CHANNEL), ids)
    if isinstance(left, Refused):
        return left
    again = _asked_before(world, parent, queue, command)
    keeps_clock = parent.queued_at is not None and queue == parent.queue and parent.state not in TALKING
    priority = parent.priority if command.priority is None else command.priority
    opened = _opened(world.settings.queues[queue], parent, command, priority)
    since = parent.queued_at if keeps_clock and parent.queued_at is not None else command.at
    scheduled = CallbackScheduled(
        at=command.at,
        interaction=opened.id,
        queue=queue,
        priority=priority,
        queued_at=min([since, *(one.queued_at for one in again if one.queued_at is not None)]),
        due_at=command.at if command.due_at is None else max(command.at, command.due_at),
        reason="requested",
    )
    replaced = [
        InteractionClosed(at=command.at, interaction=one.id, outcome=Outcome.CANCELLED, cause="asked-again")
        for one in again
    ]
    return [*left, *replaced, InteractionOpened(at=command.at, interaction=opened), scheduled]


def _asked_before(world: World, parent: Interaction, queue: str, command: RequestCallback) -> list[Interaction]:
    """What this one replaces: they were promised a call at this number by this queue, and nobody is at it."""
    promised = [world.interactions[name] for name in world.callbacks.of(parent.contact)]
    resting = (InteractionState.SCHEDULED, InteractionState.QUEUED)
    same = [one for one in promised if (one.queue, one.address) == (queue, command.address)]
    return [one for one in same if one.state in resting]


def _opened(queue: Queue, parent: Interaction, command: RequestCallback, priority: int) -> Interaction:
    """It has the parent's place, or a better one where the queue gives callbacks a head start."""
    own = head_start_s(queue, priority=priority, level=parent.level, urgency=parent.urgency, channel=CHANNEL)
    keeps_place = queue.name == parent.queue and parent.state not in TALKING
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
        wanted=command.promised_by or parent.wanted,
        held_until=command.at if command.promised_by else None,  # in person: see the top
        skills=parent.skills,
        head_start_s=max(own, parent.head_start_s) if keeps_place else own,
        relaxed=parent.relaxed if keeps_place else 0,
    )


def start(world: World, command: StartCallback, ids: IdSource) -> list[Event] | Refused:
    """Into the line with the old clock. A timer that comes too late changes nothing."""
    callback = world.interaction(command.interaction)
    if callback is None or callback.state is not InteractionState.SCHEDULED or world.waits_for_opening(callback):
        return []
    parent = world.interaction(callback.parent)
    if parent is None or parent.state is InteractionState.WRAP_UP:
        return due(world, callback, command.at, ids)
    look_s = LOOK_TALK_S if parent.state is InteractionState.CONNECTED else LOOK_AGAIN_S
    return [_put_off(callback, command.at, command.at + look_s, "on-the-line")]


def promised_in(world: World, events: list[Event], ids: IdSource) -> list[Event]:
    """The talk is over in which it was promised for right afterwards."""
    ends = [event for event in events if isinstance(event, TalkEnded)]
    parents = [(world.interactions[event.interaction], event.at) for event in ends]
    promised = [(parent, at) for parent, at in parents if next(world.callbacks.of(parent.contact), "")]
    if not promised:
        return []
    after = evolve_all(world, events)
    return [event for parent, at in promised for event in due_after(after, parent, at, ids, within_s=LOOK_TALK_S)]


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
