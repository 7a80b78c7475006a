"""Who cannot wait in a queue: at entry (full, closed, nobody there) and while waiting (too long, closed, all gone).

The site says per queue, reason and medium where to: another queue (decided here), or something of the flow (callback,
voicemail, a message, a bot: the flow goes that way). What the flow's own step says about a reason comes first.
What no flow waits for (a callback, an agent's call that was handed on, a message) can go on to a queue only: it waits.
Not here: the calendar (``services.opening_hours`` tells when a queue opens and closes).
"""

from __future__ import annotations

from ..callbacks import has_a_flow
from ..commands import ExpireWait, Refused, ReviewQueue, SetOpening, TurnAway
from ..events import Event, InteractionDequeued, InteractionOverflowed, InteractionQueued, QueueOpeningChanged
from ..ids import IdSource
from ..model import Interaction, InteractionState, Presence, Queue
from ..skills import failing
from ..waiting import head_start_s, open_until
from ..world import World, evolve, evolve_all
from .placing import with_receipt

FULL, CLOSED, NO_AGENTS, TIMEOUT = "full", "closed", "no-agents", "timeout"  # the words of ``ivr.waits``
TO_QUEUE = "queue "
AT_ONCE = 20  # of one review: the hub is not held longer


def set_opening(world: World, command: SetOpening, ids: IdSource) -> list[Event] | Refused:
    """Told again: nothing changes."""
    if command.queue not in world.settings.queues:
        return Refused("unknown-queue", command.queue)
    if (command.queue in world.closed) != command.is_open:
        return []
    return [QueueOpeningChanged(at=command.at, queue=command.queue, is_open=command.is_open)]


def turn_away(world: World, command: TurnAway, ids: IdSource) -> list[Event] | Refused:
    """The flow has sent a contact elsewhere before they stood in line: noted, so that ``why`` knows."""
    one = world.interaction(command.interaction)
    if one is None or one.state is not InteractionState.IN_FLOW:
        return []
    return [_overflowed(one, command.queue, command.reason, "", command.at)]


def expire_wait(world: World, command: ExpireWait, ids: IdSource) -> list[Event] | Refused:
    """The queue's longest wait is over. A timer that comes too late changes nothing."""
    one = world.interaction(command.interaction)
    if one is None or one.state is not InteractionState.QUEUED or world.patient_until(one) is None:
        return []
    return _elsewhere(world, one, TIMEOUT, command.at, ids)


def review(world: World, command: ReviewQueue, ids: IdSource) -> list[Event] | Refused:
    """Send on who waits in a queue that has closed, or where nobody is there any more; some at a time."""
    waiting = [world.interactions[place[-1]] for place in world.lines.places(command.queue)]
    events: list[Event] = []
    for one in waiting:
        reason = _while_waiting(world, one)
        if reason:
            sent = _elsewhere(world, one, reason, command.at, ids)
            world = evolve_all(world, sent)
            events += sent
        if len(events) >= AT_ONCE * 2:
            break
    return events


def _while_waiting(world: World, one: Interaction) -> str:
    """Only reasons for which somebody has said what to do: anybody else waits on."""
    queue = world.settings.queue(one.queue)
    if queue.name in world.closed and _is_ruled(one, queue, CLOSED):
        return CLOSED
    if _is_ruled(one, queue, NO_AGENTS) and not is_staffed(world, one, queue):
        return NO_AGENTS
    return ""


def _elsewhere(world: World, one: Interaction, reason: str, at: float, ids: IdSource) -> list[Event]:
    onward = onward_queue(world, one, one.queue, reason, tuple(one.own_ways.split()))
    if not onward and not has_a_flow(one):
        return []
    overflowed = _overflowed(one, one.queue, reason, onward, at)
    if not onward:
        return [overflowed, InteractionDequeued(at=at, interaction=one.id, queue=one.queue, reason=reason)]
    moved = [overflowed, _moved(evolve(world, overflowed), one, onward, at)]
    return with_receipt(world, moved, one.id, at, ids)


def _moved(world: World, one: Interaction, name: str, at: float) -> InteractionQueued:
    """In the other line by the old clock."""
    queue = world.settings.queues[name]
    since = one.queued_at if one.queued_at is not None else at
    own = head_start_s(queue, priority=one.priority, level=one.level, urgency=one.urgency, channel=one.channel)
    return InteractionQueued(
        at=at,
        interaction=one.id,
        queue=name,
        priority=one.priority,
        queued_at=since,
        head_start_s=own,
        reply_by=open_until(one.reply_by, at),
        relaxed=world.requirements.relaxed_after(name, at - since),
        skills=one.skills,
        here_since=at if one.here_since is not None else None,
        own_ways=one.own_ways,
    )


# --- at entry ----------------------------------------------------------------------------------------------------


def turned_away(world: World, one: Interaction, queue: Queue, own: tuple[str, ...]) -> str:
    """Why the contact cannot join this line, ``""`` if they can. Nobody there counts only where somebody said so."""
    if queue.name in world.closed and (CLOSED in own or _kind(queue, one, CLOSED)):
        return CLOSED
    if queue.limit is not None and world.lines.waiting(queue.name) >= queue.limit:
        return FULL
    if (NO_AGENTS in own or _kind(queue, one, NO_AGENTS)) and not is_staffed(world, one, queue):
        return NO_AGENTS
    return ""


def admitted(
    world: World, one: Interaction, name: str, own: tuple[str, ...], at: float
) -> tuple[str, list[InteractionOverflowed]]:
    """The queue they wait in (``""``: none, the flow decides) and what is noted of the way there."""
    reason = turned_away(world, one, world.settings.queues[name], own)
    if not reason:
        return name, []
    onward = onward_queue(world, one, name, reason, own)
    if not onward and not has_a_flow(one):
        return name, []
    return onward, [_overflowed(one, name, reason, onward, at)]


def onward_queue(world: World, one: Interaction, name: str, reason: str, own: tuple[str, ...]) -> str:
    """The first queue on the way of overflows that takes them; ``""`` where the flow is to decide."""
    seen = {name}
    while reason not in own:
        kind = _kind(world.settings.queue(name), one, reason)
        name = kind.removeprefix(TO_QUEUE)
        if not kind.startswith(TO_QUEUE) or name in seen or name not in world.settings.queues:
            return ""
        seen.add(name)
        reason, own = turned_away(world, one, world.settings.queues[name], ()), ()
        if not reason:
            return name
    return ""


def is_staffed(world: World, one: Interaction, queue: Queue) -> bool:
    """Whether anybody who could ever take it is signed in."""
    slot = world.settings.slot(one.channel, one.medium)
    asked = world.requirements.loosest_of(one, queue.name)
    return any(
        agent.presence is not Presence.OFFLINE and agent.capacity.get(slot, 0) > 0 and not failing(agent, asked)
        for agent in world.agents.values()
    )


def _is_ruled(one: Interaction, queue: Queue, reason: str) -> bool:
    return bool(reason in one.own_ways.split() or _kind(queue, one, reason))


def _kind(queue: Queue, one: Interaction, reason: str) -> str:
    return queue.overflow.get(f"{reason}:{one.medium.value}", "")


def _overflowed(one: Interaction, queue: str, reason: str, to: str, at: float) -> InteractionOverflowed:
    return InteractionOverflowed(at=at, interaction=one.id, queue=queue, reason=reason, to=to)
