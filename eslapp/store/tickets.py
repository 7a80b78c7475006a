"""Tickets: matters that go on after the contact is gone. Small on purpose; more grows on the same rows.

new -> open (somebody works on it) -> solved, and back. Numbers are said to contacts: they count from 10001, without
gaps. Not here: who may see which (``webhooks.api.tickets``).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from .tx import Row, Tx

FIRST = 10001
STATES = ("new", "open", "solved")
LEVELS = ("low", "normal", "high", "urgent")
COLUMNS = (
    "number, interaction, contact, kind, level, subject, text, collected, state, assignee, opened_at, due_at, solved_at"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ticket:
    """``collected``: the values the flow had collected; ``interaction`` is where it came from."""

    number: int
    interaction: str
    contact: str
    kind: str
    level: str
    subject: str
    text: str
    state: str
    assignee: str
    opened_at: float
    due_at: float | None
    solved_at: float | None
    collected: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Comment:
    """A colleague's remark."""

    author: str
    text: str
    at: float


def open_one(
    tx: Tx,
    *,
    source: str,
    interaction: str,
    contact: str,
    kind: str,
    level: str,
    subject: str,
    text: str,
    collected: Mapping[str, Any],
    at: float,
    due_at: float | None,
) -> tuple[int, bool]:
    """``(number, is_new)``; the same ``source`` again is the same ticket."""
    number = tx.value(
        "INSERT INTO tickets (number, source, interaction, contact, kind, level, subject, text, collected, state, "
        "assignee, opened_at, due_at) VALUES ((SELECT COALESCE(MAX(number), :before) + 1 FROM tickets), :source, "
        ":interaction, :contact, :kind, :level, :subject, :text, :collected, 'new', '', :at, :due_at) "
        "ON CONFLICT (source) DO NOTHING RETURNING number",
        before=FIRST - 1,
        source=source,
        interaction=interaction,
        contact=contact,
        kind=kind,
        level=level,
        subject=subject,
        text=text,
        collected=json.dumps(dict(collected), ensure_ascii=False),
        at=at,
        due_at=due_at,
    )
    if number is not None:
        return int(number), True
    return int(tx.value("SELECT number FROM tickets WHERE source = :source", source=source)), False


def get(tx: Tx, number: int) -> Ticket | None:
    """One ticket."""
    row = tx.one(f"SELECT {COLUMNS} FROM tickets WHERE number = :number", number=number)
    return _ticket(row) if row else None


def listing(
    tx: Tx, *, state: str = "", assignee: str = "", contact: str = "", interaction: str = "", limit: int = 50
) -> list[Ticket]:
    """The newest first; optionally only those in ``state`` ("unsolved": all but solved), of somebody, of a matter."""
    rows = tx.all(
        f"SELECT {COLUMNS} FROM tickets WHERE (:state = '' OR state = :state "
        "OR (:state = 'unsolved' AND state <> 'solved')) AND (:assignee = '' OR assignee = :assignee) "
        "AND (:contact = '' OR contact = :contact) AND (:interaction = '' OR interaction = :interaction) "
        "ORDER BY number DESC LIMIT :limit",
        state=state,
        assignee=assignee,
        contact=contact,
        interaction=interaction,
        limit=limit,
    )
    return [_ticket(row) for row in rows]


def change(tx: Tx, number: int, *, at: float, state: str = "", assignee: str | None = None) -> bool:
    """Set what is given. False if there is no such ticket."""
    changed = tx.run(
        "UPDATE tickets SET state = CASE WHEN :state = '' THEN state ELSE :state END, "
        "assignee = COALESCE(:assignee, assignee), solved_at = CASE WHEN :state = '' THEN solved_at "
        "WHEN :state = 'solved' THEN COALESCE(solved_at, :at) ELSE NULL END WHERE number = :number",
        number=number,
        state=state,
        assignee=assignee,
        at=at,
    )
    return changed == 1


def comment(tx: Tx, number: int, *, author: str, text: str, at: float) -> None:
    """Add a remark; the ticket exists."""
    tx.insert("ticket_comments", {"ticket": number, "author": author, "text": text, "at": at})


def comments(tx: Tx, number: int) -> list[Comment]:
    """All remarks, the oldest first."""
    rows = tx.all("SELECT author, text, at FROM ticket_comments WHERE ticket = :number ORDER BY number", number=number)
    return [Comment(**row) for row in rows]


def _ticket(row: Row) -> Ticket:
    row["collected"] = json.loads(row["collected"])
    return Ticket(**row)
