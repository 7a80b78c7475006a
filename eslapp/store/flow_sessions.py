"""Where each interaction stands in its flow: the serialised session, saved between every two steps.

Not here: what is inside (``ivr.session``); ``body`` is its JSON text and is given back unread.
"""

from __future__ import annotations

from dataclasses import dataclass

from .tx import Tx


@dataclass(frozen=True, slots=True)
class FlowSession:
    """``revision`` is that of the site the session began with: running calls keep it."""

    interaction: str
    flow: str
    revision: str
    body: str
    saved_at: float


def save(tx: Tx, session: FlowSession) -> None:
    """Keep the newest state; the older one is overwritten."""
    tx.put("flow_sessions", "interaction", {name: getattr(session, name) for name in FlowSession.__slots__})


def load(tx: Tx, interaction: str) -> FlowSession | None:
    """The last saved state, or None."""
    row = tx.one("SELECT * FROM flow_sessions WHERE interaction = :id", id=interaction)
    return FlowSession(**row) if row else None


def drop(tx: Tx, interaction: str) -> None:
    """The flow is over."""
    tx.run("DELETE FROM flow_sessions WHERE interaction = :id", id=interaction)


def revisions_of_open(tx: Tx) -> frozenset[str]:
    """The revisions that flows of open interactions run on."""
    rows = tx.all(
        "SELECT DISTINCT revision FROM flow_sessions JOIN interactions ON interactions.id = flow_sessions.interaction "
        "WHERE interactions.state <> 'closed'"
    )
    return frozenset(row["revision"] for row in rows)


def all_of_them(tx: Tx) -> list[FlowSession]:
    """Every running flow, the longest unchanged first: what is resumed after a restart."""
    return [FlowSession(**row) for row in tx.all("SELECT * FROM flow_sessions ORDER BY saved_at, interaction")]
