"""Recorded media of interactions. Where the file lies is ``path``, below the site's recordings folder.

running -> finished | truncated (fewer bytes than its length asks for) | missing (no file). Not here: the files.
"""

from __future__ import annotations

from dataclasses import dataclass

from .tx import Row, Tx


@dataclass(frozen=True, slots=True)
class Recording:
    """``part`` counts from 1 where a call was recorded in pieces; ``channels`` 2: left contact, right agent."""

    id: str
    interaction: str
    path: str
    started_at: float
    part: int = 1
    state: str = "running"
    ended_at: float | None = None
    seconds: float = 0.0
    channels: int = 2
    bytes: int = 0


def start(tx: Tx, recording: Recording) -> None:
    """Recording has begun. ``Conflict`` where this part of the interaction is being recorded already."""
    tx.insert("recordings", {name: getattr(recording, name) for name in Recording.__slots__})


def end(tx: Tx, recording: str, *, state: str, at: float, seconds: float, size: int) -> bool:
    """It is over: ``state`` finished, truncated or missing; ``size`` in bytes. False if it was over already."""
    sql = (
        "UPDATE recordings SET state = :state, ended_at = :at, seconds = :seconds, bytes = :size "
        "WHERE id = :id AND state = 'running'"
    )
    return tx.run(sql, id=recording, state=state, at=at, seconds=seconds, size=size) == 1


def get(tx: Tx, recording: str) -> Recording | None:
    """One recording."""
    row = tx.one("SELECT * FROM recordings WHERE id = :id", id=recording)
    return _recording(row) if row else None


def of_interaction(tx: Tx, interaction: str) -> list[Recording]:
    """All parts, in order."""
    rows = tx.all("SELECT * FROM recordings WHERE interaction = :id ORDER BY part", id=interaction)
    return [_recording(row) for row in rows]


def running(tx: Tx) -> list[Recording]:
    """What is (or was, before a crash) being recorded: do not start a second one, salvage the rest."""
    rows = tx.all("SELECT * FROM recordings WHERE state = 'running' ORDER BY started_at, id")
    return [_recording(row) for row in rows]


def _recording(row: Row) -> Recording:
    return Recording(**row)
