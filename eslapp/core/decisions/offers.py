"""What comes of an offer: accepted, declined, rung out (RNA), rescinded."""

from __future__ import annotations

from dataclasses import replace

from ..callbacks import OUTBOUND, must_be_dialled
from ..commands import AGENT_GONE, AcceptOffer, DeclineOffer, ExpireOffer, Refused, RescindOffer
from ..events import (
    Event,
    InteractionConnected,
    OfferAccepted,
    OfferDeclined,
    OfferExpired,
    OfferRescinded,
    ParticipantLeft,
    PresenceChanged,
)
from ..ids import IdSource
from ..model import Interaction, InteractionState, Medium, Offer, OfferState, Presence
from ..world import World, evolve_all
from .placing import requeue
from .talking import connected

GONE = "offer-gone"
RUNG_OUT = "rung-out"


def accept(world: World, command: AcceptOffer, ids: IdSource) -> list[Event] | Refused:
    """The agent takes it. A text is joined at once: there are no legs to join."""
    offer = _of_agent(world, command.offer, command.agent)
    if isinstance(offer, Refused):
        return offer
    if offer.state is OfferState.ACCEPTED:
        return []
    taken = OfferAccepted(at=command.at, offer=offer.id, interaction=offer.interaction, agent=offer.agent)
    joined: list[InteractionConnected] = []
    if offer.medium is Medium.TEXT:
        joined.append(connected(world.interactions[offer.interaction], offer.agent, command.at))
    others = [world.offers[name] for name in world.ringing(offer.interaction) if name != offer.id]
    return [*(rescinded(other, command.at, "taken") for other in others), taken, *joined]


def decline(world: World, command: DeclineOffer, ids: IdSource) -> list[Event] | Refused:
    """The agent does not want it: the next one is asked, this one not again before the cool-down is over."""
    offer = _of_agent(world, command.offer, command.agent)
    if isinstance(offer, Refused):
        return offer
    if offer.state is OfferState.ACCEPTED:
        return Refused("offer-accepted", offer.id)
    declined = OfferDeclined(
        at=command.at, offer=offer.id, interaction=offer.interaction, agent=offer.agent, reason=command.reason
    )
    return requeue(world, [declined], world.interactions[offer.interaction], command.at, ids)


def expire(world: World, command: ExpireOffer, ids: IdSource) -> list[Event] | Refused:
    """It rang out: the agent is put off until they say so. A timer that comes too late changes nothing.

    Where several are asked nobody is put off: each could think that another takes it. They ring out together.
    """
    offer = world.offer(command.offer)
    if offer is None or offer.state is not OfferState.PENDING:
        return []
    one = world.interactions[offer.interaction]
    asked = [world.offers[name] for name in world.ringing(one.id)]
    over = [each for each in asked if each.id == offer.id or each.expires_at <= command.at]
    events: list[Event] = []
    for each in over:
        events.append(OfferExpired(at=command.at, offer=each.id, interaction=one.id, agent=each.agent))
    agent = world.agent(offer.agent)
    is_own = one.channel == OUTBOUND and must_be_dialled(one)
    if agent is not None and agent.presence is Presence.AVAILABLE and len(asked) == 1 and not is_own:
        events.append(PresenceChanged(at=command.at, agent=agent.id, presence=Presence.RNA, reason=RUNG_OUT))
    return requeue(world, events, one, command.at, ids, ended_offers=len(over))


def rescind(world: World, command: RescindOffer, ids: IdSource) -> list[Event] | Refused:
    """The switch could not ring or join the agent: old place back, nobody blamed; others are asked first."""
    offer = world.offer(command.offer)
    if offer is None:
        return []
    interaction = world.interactions[offer.interaction]
    is_left_alone = interaction.medium is Medium.TEXT and command.reason == AGENT_GONE
    if interaction.state is InteractionState.CONNECTED and is_left_alone:
        return _left_alone(world, interaction, rescinded(offer, command.at, command.reason), ids)
    if interaction.state not in (InteractionState.OFFERED, InteractionState.CONNECTING):
        return Refused("already-connected", interaction.state.value)
    is_leg_failure = interaction.medium is Medium.VOICE and command.reason != AGENT_GONE
    back = replace(rescinded(offer, command.at, command.reason), is_leg_failure=is_leg_failure)
    return requeue(world, [back], interaction, command.at, ids)


def _left_alone(world: World, chat: Interaction, over: OfferRescinded, ids: IdSource) -> list[Event]:
    """Its agent is gone: a colleague who is in it already is asked first, then anybody."""
    there = [guest for guest in chat.guests if guest.kind == "participant"]
    left = [ParticipantLeft(at=over.at, interaction=chat.id, guest=guest.id, who=guest.who) for guest in there]
    first = there[0].who if there else ""
    return requeue(world, [*left, over], chat, over.at, ids, first=first)


def withdraw_pending(world: World, agent: str, at: float, reason: str, ids: IdSource) -> list[Event]:
    """Take back what rings at the agent (they went away): old places back, nobody blamed."""
    events: list[Event] = []
    for offer in [world.offers[held] for held in world.held.get(agent, ())]:
        if offer.state is OfferState.PENDING:
            interaction = world.interactions[offer.interaction]
            back = requeue(world, [rescinded(offer, at, reason)], interaction, at, ids)
            world = evolve_all(world, back)
            events += back
    return events


def rescinded(offer: Offer, at: float, reason: str) -> OfferRescinded:
    """The event."""
    return OfferRescinded(at=at, offer=offer.id, interaction=offer.interaction, agent=offer.agent, reason=reason)


def _of_agent(world: World, offer: str, agent: str) -> Offer | Refused:
    record = world.offer(offer)
    if record is None or world.interactions[record.interaction].state is InteractionState.WRAP_UP:
        return Refused(GONE, offer)
    return record if record.agent == agent else Refused("not-your-offer", offer)
