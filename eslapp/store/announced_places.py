"""The ledger of announced places: what was said, and as which one they were served. Only ``projection`` writes it.

A place is true where no more had their turn before them than were said to stand there; fewer is no lie: others have
left. A turn is the offer by which somebody was served: for whom a phone rang already as it was said stood in no line,
and whose agent only answered sooner was not served out of turn.
"""

from __future__ import annotations

from dataclasses import dataclass

from eslapp.core.events import PlaceAnnounced
from eslapp.core.pace import KEPT, Said

from .tx import Tx


@dataclass(frozen=True, slots=True)
class Places:
    """One queue: how many places were said, how many of those who were served, how many true, how many exact."""

    announced: int
    told: int
    scored: int
    kept: int
    exact: int


def add(tx: Tx, event: PlaceAnnounced) -> None:
    """One figure."""
    row = {"interaction": event.interaction, "queue": event.queue, "at": event.at, "position": event.position}
    tx.insert("announced_places", {**row, "is_told": int(event.is_told)})


def settle(tx: Tx, interaction: str, *, at: float, is_served: bool) -> None:
    """The wait is over; for who left before, the truth is unknown."""
    tx.run(
        "UPDATE announced_places SET settled_at = :at, actual = CASE WHEN :served = 1 THEN 1 + ("
        "SELECT COUNT(*) FROM interactions AS other JOIN offers AS turn ON turn.id = other.offer "
        "WHERE other.queue = announced_places.queue AND other.connected_at >= announced_places.at "
        "AND other.id <> announced_places.interaction AND turn.offered_at >= announced_places.at "
        "AND turn.offered_at < (SELECT own.offered_at FROM offers AS own "
        "JOIN interactions AS one ON one.offer = own.id WHERE one.id = announced_places.interaction)) END "
        "WHERE interaction = :interaction AND settled_at IS NULL",
        interaction=interaction,
        at=at,
        served=int(is_served),
    )


def still_open(tx: Tx) -> dict[str, tuple[Said, ...]]:
    """What was said to those who wait still, by interaction."""
    rows = tx.all("SELECT interaction, at, position FROM announced_places WHERE settled_at IS NULL ORDER BY number")
    found: dict[str, tuple[Said, ...]] = {}
    for row in rows:
        found[row["interaction"]] = (*found.get(row["interaction"], ()), Said(row["at"], row["position"]))
    return found


def kept(tx: Tx, queue: str) -> tuple[bool, ...]:
    """Of the latest places of a queue, the oldest first: whether they were true."""
    rows = tx.all(
        "SELECT actual <= position AS is_kept FROM announced_places WHERE queue = :queue AND actual IS NOT NULL "
        "ORDER BY number DESC LIMIT :most",
        queue=queue,
        most=KEPT,
    )
    return tuple(bool(row["is_kept"]) for row in reversed(rows))


def honesty(tx: Tx, queue: str) -> Places:
    """How right we were in this queue, of all there is."""
    row = tx.one(
        "SELECT COUNT(*) AS announced, COALESCE(SUM(is_told), 0) AS told, COUNT(actual) AS scored, "
        "COALESCE(SUM(CASE WHEN actual <= position THEN 1 ELSE 0 END), 0) AS kept, "
        "COALESCE(SUM(CASE WHEN actual = position THEN 1 ELSE 0 END), 0) AS exact "
        "FROM announced_places WHERE queue = :queue",
        queue=queue,
    )
    assert row is not None
    return Places(**row)
