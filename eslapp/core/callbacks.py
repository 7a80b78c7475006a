"""Who waits for a callback, by contact: found when they call again and when the call they asked from is over.

Not here: what becomes of a callback (``decisions.callbacks``), dialling (``services.callbacks``).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from .model import Interaction, InteractionState
from .sorted_map import EMPTY, SortedMap

CHANNEL = "callback"
OUTBOUND = "outbound"  # an agent calls somebody
VOICEMAIL = "voicemail"  # a message that was left on a call
DIALLED = (CHANNEL, OUTBOUND)  # the agent's phone first, then the contact's
STAYS = "stays"  # an own way of a flow that is over: the word of ``ivr.waits``
PENDING = (
    InteractionState.SCHEDULED,
    InteractionState.QUEUED,
    InteractionState.OFFERED,
    InteractionState.CONNECTING,
)


def is_pending(interaction: Interaction) -> bool:
    """Whether it is a callback whose contact has not been reached yet."""
    return interaction.channel == CHANNEL and interaction.state in PENDING and interaction.connected_at is None


def must_be_dialled(interaction: Interaction) -> bool:
    """Whether its contact is called when an agent is there; who has talked and was handed on is on the line."""
    return interaction.channel in DIALLED and interaction.connected_at is None


def has_a_flow(interaction: Interaction) -> bool:
    """Whether a flow could go on with the contact: not with a message, nor with whom we have called or shall call, nor
    with whom only a person may answer."""
    return interaction.channel not in (VOICEMAIL, *DIALLED) and STAYS not in interaction.own_ways.split()


def waits_for_opening(interaction: Interaction, closed: frozenset[str]) -> bool:
    """Whether it is not called before its queue opens again; what an agent has promised in person is."""
    is_scheduled = interaction.channel == CHANNEL and interaction.state is InteractionState.SCHEDULED
    return is_scheduled and interaction.queue in closed and interaction.held_until is None


@dataclass(frozen=True, slots=True)
class PendingCallbacks:
    """At most a few per contact, and per number: a landline may ask for a call to a mobile."""

    by_contact: SortedMap[tuple[str, str], None] = EMPTY  # (contact, interaction)
    by_number: SortedMap[tuple[str, str], None] = EMPTY  # (the number to call, interaction)

    def with_(self, interaction: Interaction) -> PendingCallbacks:
        """After a change of this interaction."""
        if interaction.channel != CHANNEL:
            return self
        key, number_key = (interaction.contact, interaction.id), (interaction.address, interaction.id)
        if is_pending(interaction) == (key in self.by_contact):
            return self
        if is_pending(interaction):
            return PendingCallbacks(self.by_contact.set(key, None), self.by_number.set(number_key, None))
        return PendingCallbacks(self.by_contact.without(key), self.by_number.without(number_key))

    def all(self) -> Iterator[str]:
        """Every one of them."""
        return (interaction for (_, interaction), _ in self.by_contact.items())

    def of(self, contact: str, number: str = "") -> Iterator[str]:
        """The callbacks this contact waits for, then those that would call this number, each once."""
        own = list(_of(self.by_contact, contact))
        yield from own
        if number:
            yield from (name for name in _of(self.by_number, number) if name not in own)


def _of(found: SortedMap[tuple[str, str], None], whose: str) -> Iterator[str]:
    for (key, interaction), _ in found.items_from((whose, "")):
        if key != whose:
            return
        yield interaction
