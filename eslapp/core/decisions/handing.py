"""Hold and resume; handing an interaction on without a word: to a queue, to an agent, to a number outside.

Not here: asking before (``consulting``), which numbers are allowed (``core.trunk``, asked by the service that dials).
"""

from __future__ import annotations

from ..commands import HoldContact, Refused, ResumeContact, TransferInteraction
from ..events import ConsultEnded, ContactHeld, ContactResumed, Event, InteractionQueued, InteractionTransferred
from ..ids import IdSource
from ..model import Interaction, InteractionState, Medium, Presence, TalkState
from ..waiting import head_start_s, open_until
from ..world import World, evolve
from .calling_out import one_too_many
from .placing import with_receipt

GONE = "interaction-gone"


def hold(world: World, command: HoldContact, ids: IdSource) -> list[Event] | Refused:
    """Again: nothing changes."""
    one = own_talk(world, command.interaction, command.agent)
    if isinstance(one, Refused):
        return one
    if one.medium is not Medium.VOICE:
        return Refused("not-a-call", one.id)
    if one.talk is TalkState.HELD:
        return []
    if one.talk is not TalkState.DIRECT:
        return Refused("not-now", one.talk.value)
    return [ContactHeld(at=command.at, interaction=one.id, agent=one.agent)]


def resume(world: World, command: ResumeContact, ids: IdSource) -> list[Event] | Refused:
    """Out of a hold, or out of a consultation, which ends."""
    one = own_talk(world, command.interaction, command.agent)
    if isinstance(one, Refused):
        return one
    resumed = ContactResumed(at=command.at, interaction=one.id, agent=one.agent)
    if one.talk is TalkState.HELD:
        return [resumed]
    if one.talk is TalkState.CONSULTING and one.consulted is not None:
        guest = one.consulted
        over = ConsultEnded(at=command.at, interaction=one.id, guest=guest.id, who=guest.who, reason="cancelled")
        return [over, resumed]
    return [] if one.talk is TalkState.DIRECT else Refused("not-now", one.talk.value)


def transfer(world: World, command: TransferInteraction, ids: IdSource) -> list[Event] | Refused:
    """The agent is free at once and is not asked for it again for a while. The clock of the contact goes on."""
    one = own_talk(world, command.interaction, command.agent)
    if isinstance(one, Refused):
        return one
    refusal = _hindered(world, one, command)
    if refusal is not None:
        return refusal
    handed_on = InteractionTransferred(
        at=command.at,
        interaction=one.id,
        agent=one.agent,
        offer=one.offer,
        kind=command.kind,
        target=command.target,
    )
    if command.kind == "outside":
        return [handed_on]
    events = [handed_on, _place(evolve(world, handed_on), one, command)]
    return with_receipt(world, events, one.id, command.at, ids)


def _hindered(world: World, one: Interaction, command: TransferInteraction) -> Refused | None:
    if command.kind == "queue":
        return None if command.target in world.settings.queues else Refused("unknown-queue", command.target)
    if command.kind == "outside":
        return one_too_many(command.recent) if one.medium is Medium.VOICE else Refused("not-a-call", one.id)
    if command.kind != "agent":
        return Refused("unknown-kind", command.kind)
    agent = world.agent(command.target)
    if agent is None:
        return Refused("unknown-agent", command.target)
    if agent.id == one.agent:
        return Refused("already-theirs", agent.id)
    if agent.presence is not Presence.AVAILABLE or agent.next_presence is not None:
        return Refused("agent-not-available", agent.id)
    requirement = world.requirements.of_interaction(one)
    lacks = world.requirements.lacking.get(requirement, {}).get(agent.id, "")
    return Refused("agent-not-able", lacks) if lacks else None


def _place(world: World, one: Interaction, command: TransferInteraction) -> InteractionQueued:
    """Where it waits now: as long as it has waited already counts."""
    is_queue = command.kind == "queue"
    queue = world.settings.queue(command.target if is_queue else one.queue)
    since = one.queued_at if one.queued_at is not None else command.at
    own = head_start_s(queue, priority=one.priority, level=one.level, urgency=one.urgency, channel=one.channel)
    return InteractionQueued(
        at=command.at,
        interaction=one.id,
        queue=queue.name,
        priority=one.priority,
        queued_at=since,
        requeue=queue.name == one.queue,
        head_start_s=max(own, one.head_start_s) if queue.name == one.queue else own,
        reply_by=open_until(one.reply_by, command.at),
        relaxed=world.requirements.relaxed_after(queue.name, command.at - since) if is_queue else one.relaxed,
        wanted="" if is_queue else command.target,
        held_until=None if is_queue else command.at + command.hold_s,
        skills={} if is_queue else one.skills,
        here_since=command.at if is_queue else one.here_since,
        own_ways=one.own_ways,
    )


def own_talk(world: World, interaction: str, agent: str) -> Interaction | Refused:
    """The agent's interaction, connected."""
    one = world.interaction(interaction)
    if one is None:
        return Refused(GONE, interaction)
    if one.agent != agent:
        return Refused("not-your-interaction", interaction)
    return one if one.state is InteractionState.CONNECTED else Refused("not-connected", one.state.value)
