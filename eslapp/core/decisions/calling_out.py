"""Click-to-call: an agent calls a number. Not here: which numbers are allowed (``core.trunk``), dialling (services)."""

from __future__ import annotations

from ..callbacks import OUTBOUND
from ..capacity import can_be_rung
from ..commands import CallContact, Refused
from ..events import Event, InteractionOpened, OfferMade
from ..ids import IdSource, leg_id
from ..model import Interaction, Medium, Offer, Presence
from ..world import World

PER_HOUR = 20  # of one agent


def call_contact(world: World, command: CallContact, ids: IdSource) -> list[Event] | Refused:
    """One at once, so many an hour, by who is signed in and has a phone."""
    agent = world.agent(command.agent)
    if agent is None:
        return Refused("unknown-agent", command.agent)
    if command.interaction in world.interactions:
        return Refused("interaction-exists", command.interaction)
    name = command.queue or next(iter(world.settings.queues), "")
    if name not in world.settings.queues:
        return Refused("unknown-queue", name)
    if agent.presence is Presence.OFFLINE:
        return Refused("agent-offline", agent.id)
    if not can_be_rung(agent, world.settings.rules):
        return Refused("own-phone-unregistered", agent.id)
    if world.load(agent.id).call:
        return Refused("on-a-call", agent.id)
    if refusal := one_too_many(command.recent):
        return refusal
    opened = _opened(world, command, name)
    offer = _offer(world, opened, agent.id, command.at, ids())
    return [InteractionOpened(at=command.at, interaction=opened), OfferMade(at=command.at, offer=offer, queue=name)]


def one_too_many(recent: int) -> Refused | None:
    """The hour's calls of an agent are used up, whether they were dialled, consulted or transfers."""
    return Refused("too-many-calls-out", f"{PER_HOUR}/h") if recent >= PER_HOUR else None


def _opened(world: World, command: CallContact, queue: str) -> Interaction:
    parent = world.interaction(command.parent)
    chain = (parent.chain or parent.id) if parent is not None else command.parent
    return Interaction(
        id=command.interaction,
        contact=command.contact,
        channel=OUTBOUND,
        medium=Medium.VOICE,
        leg="",
        opened_at=command.at,
        language=command.language,
        subject=command.number,
        queue=queue,
        address=command.number,
        parent=command.parent,
        chain=chain or command.interaction,
        wanted=command.agent,
    )


def _offer(world: World, opened: Interaction, agent: str, at: float, name: str) -> Offer:
    return Offer(
        id=name,
        interaction=opened.id,
        agent=agent,
        medium=Medium.VOICE,
        offered_at=at,
        expires_at=at + world.settings.queues[opened.queue].ring_s,
        leg=leg_id(name),
        queue=opened.queue,
    )
