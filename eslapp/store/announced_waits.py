"""The ledger of announced waits: what was said (or withheld), and what came. Only ``projection`` writes it."""

from __future__ import annotations

from dataclasses import dataclass

from eslapp.core.events import WaitAnnounced
from eslapp.core.pace import KEPT, Pace, Promise

from .tx import Tx


@dataclass(frozen=True, slots=True)
class Honesty:
    """One queue: how many figures, how many of those who were served, within range, the mean of actual minus said."""

    announced: int
    told: int
    scored: int
    within: int
    bias_s: float | None


def add(tx: Tx, event: WaitAnnounced) -> None:
    """One figure."""
    tx.insert(
        "announced_waits",
        {
            "interaction": event.interaction,
            "queue": event.queue,
            "at": event.at,
            "position": event.position,
            "wait_s": event.wait_s,
            "low_s": event.low_s,
            "high_s": event.high_s,
            "is_told": int(event.is_told),
        },
    )


def settle(tx: Tx, interaction: str, *, at: float, is_served: bool) -> None:
    """The wait is over; for who left before, the truth is unknown."""
    tx.run(
        "UPDATE announced_waits SET settled_at = :at, actual_s = CASE WHEN :served = 1 THEN :at - at END "
        "WHERE interaction = :interaction AND settled_at IS NULL",
        interaction=interaction,
        at=at,
        served=int(is_served),
    )


def still_open(tx: Tx) -> dict[str, tuple[Promise, ...]]:
    """What was promised to those who wait still, by interaction."""
    rows = tx.all(
        "SELECT interaction, at, wait_s, low_s, high_s FROM announced_waits WHERE settled_at IS NULL ORDER BY number"
    )
    found: dict[str, tuple[Promise, ...]] = {}
    for row in rows:
        promise = Promise(row["at"], row["wait_s"], row["low_s"], row["high_s"])
        found[row["interaction"]] = (*found.get(row["interaction"], ()), promise)
    return found


def pace(tx: Tx, queue: str) -> Pace:
    """The latest services and scores of a queue."""
    served = tx.all(
        "SELECT connected_at AS at, here_since, offered_at FROM interactions JOIN offers ON offers.id = offer "
        "WHERE interactions.queue = :queue AND connected_at IS NOT NULL ORDER BY connected_at DESC LIMIT :kept",
        queue=queue,
        kept=KEPT,
    )
    scored = tx.all(
        "SELECT at, wait_s, low_s, high_s, actual_s FROM announced_waits WHERE queue = :queue "
        "AND actual_s IS NOT NULL ORDER BY number DESC LIMIT :kept",
        queue=queue,
        kept=KEPT,
    )
    found = Pace()
    for row in reversed(served):
        found = found.with_service(row["at"], here_since=row["here_since"], offered_at=row["offered_at"])
    for row in reversed(scored):
        found = found.scored(Promise(row["at"], row["wait_s"], row["low_s"], row["high_s"]), row["actual_s"])
    return found


def honesty(tx: Tx, queue: str) -> Honesty:
    """How right we were in this queue, of all there is."""
    row = tx.one(
        "SELECT COUNT(*) AS announced, COALESCE(SUM(is_told), 0) AS told, COUNT(actual_s) AS scored, "
        "COALESCE(SUM(CASE WHEN actual_s BETWEEN low_s AND high_s THEN 1 ELSE 0 END), 0) AS within, "
        "AVG(actual_s - wait_s) AS bias_s FROM announced_waits WHERE queue = :queue",
        queue=queue,
    )
    assert row is not None
    return Honesty(**row)
