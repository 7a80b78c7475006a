"""The rows of offers: the projection of their events.

The schema itself allows one live offer per interaction and one live voice offer per agent; "live" is ``ended_at IS
NULL``, from the making to the end of wrap-up. Only ``projection`` writes them; everybody may read.
"""

from __future__ import annotations

from eslapp.core.model import Medium, Offer, OfferState

from .tx import Row, Tx

COLUMNS = "id, interaction, agent, medium, offered_at, expires_at, state, leg, queue, reason, ended_at"


def get(tx: Tx, offer: str) -> Offer | None:
    """One offer, live or over."""
    row = tx.one(f"SELECT {COLUMNS} FROM offers WHERE id = :id", id=offer)
    return _offer(row) if row else None


def live(tx: Tx, *, agent: str = "") -> list[Offer]:
    """Offers that hold an agent now (all, or of one agent), the oldest first."""
    rows = tx.all(
        f"SELECT {COLUMNS} FROM offers WHERE ended_at IS NULL AND (:agent = '' OR agent = :agent) "
        "ORDER BY offered_at, id",
        agent=agent,
    )
    return [_offer(row) for row in rows]


def pending_of(tx: Tx, interaction: str) -> tuple[str, ...]:
    """The offers of this interaction that ring now, by id."""
    rows = tx.all(
        "SELECT id FROM offers WHERE interaction = :interaction AND ended_at IS NULL AND state = 'pending' ORDER BY id",
        interaction=interaction,
    )
    return tuple(row["id"] for row in rows)


def of_interaction(tx: Tx, interaction: str) -> list[Offer]:
    """Every offer made for the interaction, in order."""
    rows = tx.all(
        f"SELECT {COLUMNS} FROM offers WHERE interaction = :interaction ORDER BY offered_at, id",
        interaction=interaction,
    )
    return [_offer(row) for row in rows]


def last_winner(tx: Tx, queue: str) -> str:
    """Who got the latest offer made from this queue (round robin goes on after them); ``""``: nobody yet.

    A talk that was handed over was never offered: it has no time to ring.
    """
    sql = (
        "SELECT agent FROM offers WHERE queue = :queue AND expires_at > offered_at "
        "ORDER BY offered_at DESC, id DESC LIMIT 1"
    )
    return tx.value(sql, queue=queue) or ""


def put(tx: Tx, offer: Offer) -> None:
    """Write the whole row. For ``projection`` only. ``Conflict`` where a second live offer is tried."""
    row = {name: getattr(offer, name) for name in COLUMNS.split(", ")}
    tx.put("offers", "id", {**row, "medium": offer.medium.value, "state": offer.state.value})


def _offer(row: Row) -> Offer:
    row["medium"] = Medium(row["medium"])
    row["state"] = OfferState(row["state"])
    return Offer(**row)
