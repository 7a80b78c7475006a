"""The log: what happened, in order, never changed (the database refuses UPDATE and DELETE).

Whoever changes rows appends the event in the same transaction with ``append``; after COMMIT the store publishes it on
the bus with its sequence number, in order, so nobody else has to. Not here: the rows the events lead to.
"""

from __future__ import annotations

import json

from eslapp.core import plain
from eslapp.core.events import Event, SettingsAdopted
from eslapp.core.settings import Settings

from .tx import Row, Tx


def append(tx: Tx, event: Event) -> int:
    """Append one event; returns its sequence number. It is published on the bus after COMMIT."""
    sequence = tx.value(
        "INSERT INTO events (at, type, interaction, agent, epoch, body) "
        "VALUES (:at, :type, :interaction, :agent, :epoch, :body) RETURNING sequence",
        at=event.at,
        type=type(event).__name__,
        interaction=plain.interaction_of(event),
        agent=plain.agent_of(event),
        epoch=tx.epoch,
        body=plain.to_json(event),
    )
    tx.appended.append((sequence, event))
    return int(sequence)


def after(tx: Tx, sequence: int, *, limit: int = 1000) -> list[tuple[int, Event]]:
    """The next events after ``sequence``, in order: what a subscriber that fell behind reads."""
    rows = tx.all(
        "SELECT sequence, type, body FROM events WHERE sequence > :sequence ORDER BY sequence LIMIT :limit",
        sequence=sequence,
        limit=limit,
    )
    return [_entry(row) for row in rows]


def of_interaction(tx: Tx, interaction: str) -> list[tuple[int, Event]]:
    """The whole story of one interaction, in order."""
    rows = tx.all(
        "SELECT sequence, type, body FROM events WHERE interaction = :interaction AND interaction <> '' "
        "ORDER BY sequence",
        interaction=interaction,
    )
    return [_entry(row) for row in rows]


def of_open_interactions(tx: Tx, *kinds: type[Event]) -> list[Event]:
    """Those of these kinds that happened to what is still open, in order."""
    named = {f"kind_{number}": kind.__name__ for number, kind in enumerate(kinds)}
    rows = tx.all(
        "SELECT events.sequence, events.type, events.body FROM interactions JOIN events "
        "ON events.interaction = interactions.id AND events.interaction <> '' "
        f"WHERE interactions.state <> 'closed' AND events.type IN ({', '.join(f':{name}' for name in named)}) "
        "ORDER BY events.sequence",
        **named,
    )
    return [_entry(row)[1] for row in rows]


def handed_outside(tx: Tx, agent: str, since: float) -> int:
    """How often the agent has consulted a number outside, or transferred somebody to one, since then."""
    sql = (
        "SELECT COUNT(*) FROM events WHERE at > :since AND agent = :agent "
        "AND type IN ('InteractionTransferred', 'ConsultStarted') AND body LIKE :outside"
    )
    return int(tx.value(sql, since=since, agent=agent, outside='%"kind":"outside"%'))


def last_settings(tx: Tx) -> Settings | None:
    """Those that were adopted last; None where the log knows none."""
    row = tx.one("SELECT type, body FROM events WHERE type = 'SettingsAdopted' ORDER BY sequence DESC LIMIT 1")
    event = plain.event_from_plain(row["type"], json.loads(row["body"])) if row else None
    return event.settings if isinstance(event, SettingsAdopted) else None


def last_sequence(tx: Tx) -> int:
    """The newest sequence number, 0 for an empty log."""
    return int(tx.value("SELECT COALESCE(MAX(sequence), 0) FROM events"))


def _entry(row: Row) -> tuple[int, Event]:
    return row["sequence"], plain.event_from_plain(row["type"], json.loads(row["body"]))
