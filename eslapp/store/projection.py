"""Events into rows, in the transaction that appends them: the rows are what the log says.

The meaning of each event is ``eslapp.core.transitions``, the same the router applies to its world.
Not here: the log itself (``events``), reading (the noun modules).
"""

from __future__ import annotations

from collections.abc import Iterable

from eslapp.core.events import (
    DecisionMade,
    Event,
    InteractionClosed,
    InteractionConnected,
    PlaceAnnounced,
    WaitAnnounced,
)
from eslapp.core.model import Agent, Interaction, Offer
from eslapp.core.transitions import Record, changes

from . import agents, announced_places, announced_waits, events, interactions, offers, receipts
from .tx import Tx


class Rows:
    """The records before an event, read from the rows."""

    def __init__(self, tx: Tx) -> None:
        self._tx = tx

    def interaction(self, interaction: str, /) -> Interaction | None:
        return interactions.get(self._tx, interaction)

    def offer(self, offer: str, /) -> Offer | None:
        return offers.get(self._tx, offer)

    def ringing(self, interaction: str, /) -> tuple[str, ...]:
        return offers.pending_of(self._tx, interaction)

    def agent(self, agent: str, /) -> Agent | None:
        row = agents.get(self._tx, agent) or agents.AgentRow(agent)
        return agents.doing(row)


def record(tx: Tx, happened: Iterable[Event]) -> list[int]:
    """Append the router's events and bring the rows up to date; returns the sequence numbers."""
    return [_record_one(tx, event) for event in happened]


def rebuild(tx: Tx, log: Iterable[tuple[int, Event]]) -> None:
    """Bring empty rows to where the log leads (a test and a repair: the log is the truth)."""
    for sequence, event in log:
        _project(tx, sequence, event)


def _record_one(tx: Tx, event: Event) -> int:
    sequence = events.append(tx, event)
    _project(tx, sequence, event)
    return sequence


def _project(tx: Tx, sequence: int, event: Event) -> None:
    for changed in changes(Rows(tx), event):
        _put(tx, changed)
    if isinstance(event, DecisionMade):
        receipts.add(tx, event.receipt, sequence)
    elif isinstance(event, WaitAnnounced):
        announced_waits.add(tx, event)
    elif isinstance(event, PlaceAnnounced):
        announced_places.add(tx, event)
    elif isinstance(event, (InteractionConnected, InteractionClosed)):
        is_served = isinstance(event, InteractionConnected)
        for ledger in (announced_waits, announced_places):
            ledger.settle(tx, event.interaction, at=event.at, is_served=is_served)


def _put(tx: Tx, changed: Record) -> None:
    if isinstance(changed, Interaction):
        interactions.put(tx, changed)
    elif isinstance(changed, Offer):
        offers.put(tx, changed)
    else:
        agents.put(tx, agents.row_of(changed))
