"""Who saw what: the agent what the contact wrote, the visitor of our own chat what we wrote.

Owns: moving messages to "read" in one transaction with the event that tells the other side.
Not here: read receipts of providers (``eslapp.services.inbound_changes``).
"""

from __future__ import annotations

from collections.abc import Iterable

from eslapp.core.events import MessageAdvanced
from eslapp.store import Tx, events, messages
from eslapp.store.messages import Message

READ = "read"


def agent_saw(tx: Tx, interaction: str, number: int, at: float) -> None:
    """Everything the contact wrote up to message ``number``."""
    _read(tx, (one for one in messages.of_interaction(tx, interaction) if one.direction == "in"), number, at)


def visitor_saw(tx: Tx, found: Iterable[Message], number: int, at: float) -> None:
    """Everything of ours among ``found`` up to message ``number``."""
    _read(tx, (one for one in found if one.direction == "out"), number, at)


def _read(tx: Tx, found: Iterable[Message], number: int, at: float) -> None:
    """The newest one's event stands for those before it."""
    fresh = [one for one in found if one.number <= number and one.state not in (READ, "failed")]
    for one in fresh:
        messages.advance(tx, one.id, READ)
    if fresh:
        told = {"interaction": fresh[-1].interaction, "message": fresh[-1].id, "state": READ}
        events.append(tx, MessageAdvanced(at=at, **told))
