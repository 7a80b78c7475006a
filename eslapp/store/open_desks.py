"""Whose workbench is open, so that a new daemon knows whom to expect. Not here: what follows when nobody comes back."""

from __future__ import annotations

from .tx import Tx


def opened(tx: Tx, agent: str, at: float) -> None:
    """A first window of theirs is open."""
    tx.put("open_desks", "agent", {"agent": agent, "opened_at": at})


def closed(tx: Tx, agent: str) -> None:
    """They were missed, and what follows has followed."""
    tx.run("DELETE FROM open_desks WHERE agent = :agent", agent=agent)


def everybody(tx: Tx) -> list[str]:
    """Whose was open when anybody last looked."""
    return [str(row["agent"]) for row in tx.all("SELECT agent FROM open_desks ORDER BY agent")]
