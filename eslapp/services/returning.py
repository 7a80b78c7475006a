"""A contact's leg that is back after a talk, or was without us for a while: what the router is told of it.

Owns: whether a talk took place that nobody saw, and whether a flow has steps left after it.
Not here: the flow itself (``voice_calls``), legs that are gone (``reconciler``).
"""

from __future__ import annotations

from eslapp.bus import Bus
from eslapp.core import commands as ask
from eslapp.core.model import Interaction, InteractionState, Outcome
from eslapp.services import legs
from ivr.session import Session

LAST_PARTNER = "last_bridge_to"  # the switch's own mark on a leg: with whom it was joined last
AFTER_TALK = (InteractionState.CONNECTED, InteractionState.WRAP_UP, InteractionState.CLOSED)


def was_joined(interaction: Interaction, last_partner: str) -> bool:
    """Whether the switch joined it with the agent who accepted: each offer's leg has a name of its own."""
    return bool(interaction.offer) and last_partner.strip() == legs.offer_leg(interaction.offer)


def has_more(interaction: Interaction, session: Session) -> bool:
    """Whether the flow goes on: a queue without wrap-up closes the interaction before the steps that follow it."""
    if interaction.state != InteractionState.CLOSED:
        return True
    return interaction.outcome == Outcome.HANDLED and not session.is_over


def was_sent_out(interaction: Interaction) -> bool:
    """Whether the router has sent it out of the line while its leg was elsewhere."""
    return interaction.state == InteractionState.IN_FLOW and bool(interaction.overflow)


def tell_router(
    bus: Bus, at: float, interaction: Interaction, last_partner: str, *, is_being_joined: bool = False
) -> bool:
    """End what is over; True where the leg comes from a talk with an agent.

    ``is_being_joined``: an agent has answered this moment (the leg comes from another talk): it only has to wait.
    So has one whose talk was handed over in the moment the former agent hung up: ``talks`` fetches it.
    """
    if interaction.state == InteractionState.CONNECTED:
        if last_partner and not was_joined(interaction, last_partner):
            return False
        bus.submit(ask.EndTalk(at=at, interaction=interaction.id, by="agent", cause="NORMAL_CLEARING"))
    elif interaction.state == InteractionState.CONNECTING:
        if was_joined(interaction, last_partner):
            talked_unseen(bus, at, interaction.id)
            return True
        if not is_being_joined:  # never joined: back to the old place, not "served"
            bus.submit(ask.RescindOffer(at=at, offer=interaction.offer, reason="never-joined"))
    return interaction.state in AFTER_TALK


def talked_unseen(bus: Bus, at: float, interaction: str) -> None:
    """The talk began and ended while we were away: it took place, nobody has to wait again."""
    bus.submit(ask.ConnectInteraction(at=at, interaction=interaction))
    bus.submit(ask.EndTalk(at=at, interaction=interaction, by="agent", cause="ended-unseen"))
