"""Whether somebody is on a call with us now: who calls from the chat page has one at a time; how many go outside.

Pure. Not here: passes for such calls (``webhooks.chat.call``), what comes with a call (``eslapp.services.arriving``).
"""

from __future__ import annotations

from collections.abc import Iterable

from .callbacks import DIALLED
from .model import Interaction, InteractionState, Medium

LIVE = frozenset(
    {
        InteractionState.IN_FLOW,
        InteractionState.QUEUED,
        InteractionState.OFFERED,
        InteractionState.CONNECTING,
        InteractionState.CONNECTED,
    }
)


def is_live_call(interaction: Interaction) -> bool:
    """Whether its contact has a leg: neither a message that was left nor a callback nobody dials yet."""
    return interaction.medium is Medium.VOICE and bool(interaction.leg) and interaction.state in LIVE


def outside_now(interactions: Iterable[Interaction]) -> int:
    """How many calls to the outside agents have now, those that ring included: dialled, consulted."""
    talking = (InteractionState.CONNECTING, InteractionState.CONNECTED)
    return sum(
        (one.channel in DIALLED and bool(one.leg) and one.state in talking)
        + sum(guest.kind == "outside" for guest in one.guests)
        for one in interactions
    )
