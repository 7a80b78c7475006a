"""The rows of interactions: the projection of their events.

Only ``projection`` writes them; everybody may read. Not here: how they change (``eslapp.core.transitions``).
"""

from __future__ import annotations

import json

from eslapp.core.model import Guest, Interaction, InteractionState, Medium, Outcome, TalkState
from eslapp.core.plain import from_plain, to_json
from eslapp.core.service_level import Wait

from . import people
from .tx import Row, Tx

NAMES = tuple(Interaction.__slots__)
COLUMNS = ", ".join(NAMES)


def get(tx: Tx, interaction: str) -> Interaction | None:
    """One interaction, open or closed."""
    row = tx.one(f"SELECT {COLUMNS} FROM interactions WHERE id = :id", id=interaction)
    return _interaction(row) if row else None


def beginning_with(tx: Tx, letters: str, *, limit: int = 5) -> list[str]:
    """The ids that begin so, in their order; a whole id is only itself."""
    rows = tx.all(
        "SELECT id FROM interactions WHERE id >= :letters AND id < :end ORDER BY id LIMIT :limit",
        letters=letters,
        end=letters + "\U0010ffff",
        limit=limit,
    )
    return [row["id"] for row in rows]


def still_open(tx: Tx) -> list[Interaction]:
    """Everything that is not closed, the oldest first: what the dispatcher starts with."""
    rows = tx.all(f"SELECT {COLUMNS} FROM interactions WHERE state <> 'closed' ORDER BY opened_at, id")
    return [_interaction(row) for row in rows]


def listing(tx: Tx, *, state: InteractionState | None = None, agent: str = "", limit: int = 50) -> list[Interaction]:
    """The newest first; optionally only those in ``state`` or of ``agent``."""
    rows = tx.all(
        f"SELECT {COLUMNS} FROM interactions WHERE (:state = '' OR state = :state) "
        "AND (:agent = '' OR agent = :agent) ORDER BY opened_at DESC, id DESC LIMIT :limit",
        state=state.value if state else "",
        agent=agent,
        limit=limit,
    )
    return [_interaction(row) for row in rows]


def of_contact(tx: Tx, contact: str, *, limit: int = 50) -> list[Interaction]:
    """The person's history under all their addresses, the newest first."""
    found = [
        _interaction(row)
        for one in people.members(tx, contact)
        for row in tx.all(
            f"SELECT {COLUMNS} FROM interactions WHERE contact = :contact ORDER BY opened_at DESC, id DESC "
            "LIMIT :limit",
            contact=one,
            limit=limit,
        )
    ]
    return sorted(found, key=lambda one: (one.opened_at, one.id), reverse=True)[:limit]


def callbacks(tx: Tx, *, pending_only: bool = True, limit: int = 200) -> list[Interaction]:
    """Callbacks, the newest first; those that are not over where ``pending_only``."""
    rows = tx.all(
        f"SELECT {COLUMNS} FROM interactions WHERE channel = 'callback' AND (:pending = 0 OR state <> 'closed') "
        "ORDER BY opened_at DESC, id DESC LIMIT :limit",
        pending=int(pending_only),
        limit=limit,
    )
    return [_interaction(row) for row in rows]


def of_chain(tx: Tx, chain: str) -> list[Interaction]:
    """All interactions of one matter, in order: the call, its callback, the chat before it."""
    rows = tx.all(f"SELECT {COLUMNS} FROM interactions WHERE chain = :chain ORDER BY opened_at, id", chain=chain)
    return [_interaction(row) for row in rows]


def last_agent(tx: Tx, contact: str) -> str:
    """Who talked with the contact last, ``""``: nobody yet."""
    sql = "SELECT agent FROM interactions WHERE contact = :contact AND agent <> '' ORDER BY opened_at DESC LIMIT 1"
    return tx.value(sql, contact=contact) or ""


def served(tx: Tx, contact: str, agent: str) -> bool:
    """Whether the agent ever served the person, under any of their addresses."""
    sql = "SELECT 1 FROM interactions WHERE contact = :contact AND agent = :agent LIMIT 1"
    return any(tx.value(sql, contact=one, agent=agent) for one in people.members(tx, contact))


def calls_out(tx: Tx, agent: str, since: float) -> int:
    """How often the agent has called somebody since then."""
    sql = "SELECT COUNT(*) FROM interactions WHERE channel = 'outbound' AND wanted = :agent AND opened_at > :since"
    return int(tx.value(sql, agent=agent, since=since))


def by_leg(tx: Tx, leg: str) -> Interaction | None:
    """The newest interaction of this leg (voice) or conversation (text)."""
    row = tx.one(f"SELECT {COLUMNS} FROM interactions WHERE leg = :leg ORDER BY opened_at DESC LIMIT 1", leg=leg)
    return _interaction(row) if row else None


def usual_handling(tx: Tx) -> dict[str, float]:
    """Queue -> mean seconds an agent was held, from connecting to the end of wrap-up, of the last 500 talks."""
    rows = tx.all(
        "SELECT queue, AVG(closed_at - connected_at) AS seconds FROM (SELECT queue, closed_at, connected_at "
        "FROM interactions WHERE state = 'closed' AND connected_at IS NOT NULL ORDER BY opened_at DESC LIMIT 500) "
        "AS lately GROUP BY queue"
    )
    return {row["queue"]: max(1.0, row["seconds"]) for row in rows}


def waiting_in_queues(tx: Tx) -> dict[str, tuple[int, float]]:
    """Queue -> how many wait in it (not yet offered) and since when the longest of them waits."""
    rows = tx.all(
        "SELECT queue, COUNT(*) AS waiting, MIN(queued_at) AS since FROM interactions WHERE state = 'queued' "
        "AND state <> 'closed' GROUP BY queue"
    )
    return {row["queue"]: (row["waiting"], row["since"]) for row in rows}


def waits_since(tx: Tx, since: float) -> dict[str, list[Wait]]:
    """Queue -> the waits of all who came after ``since`` and were put in line; callbacks wait by another promise."""
    rows = tx.all(
        "SELECT queue, queued_at, connected_at, closed_at FROM interactions "
        "WHERE opened_at > :since AND queued_at IS NOT NULL AND channel NOT IN ('callback', 'outbound')",
        since=since,
    )
    waits: dict[str, list[Wait]] = {}
    for row in rows:
        one = Wait(row["queued_at"], row["connected_at"], row["closed_at"] if row["connected_at"] is None else None)
        waits.setdefault(row["queue"], []).append(one)
    return waits


def put(tx: Tx, interaction: Interaction) -> None:
    """Write the whole row. For ``projection`` only."""
    row = {name: getattr(interaction, name) for name in NAMES}
    row["medium"] = interaction.medium.value
    row["state"] = interaction.state.value
    row["outcome"] = interaction.outcome.value if interaction.outcome else ""
    row["skills"] = json.dumps(interaction.skills, separators=(",", ":"))
    row["talk"] = interaction.talk.value
    row["guests"] = to_json(interaction.guests)
    tx.put("interactions", "id", row)


def _interaction(row: Row) -> Interaction:
    row["medium"] = Medium(row["medium"])
    row["state"] = InteractionState(row["state"])
    row["outcome"] = Outcome(row["outcome"]) if row["outcome"] else None
    row["skills"] = json.loads(row["skills"])
    row["talk"] = TalkState(row["talk"])
    row["guests"] = (
        tuple(from_plain(Guest, guest) for guest in json.loads(row["guests"])) if row["guests"] != "[]" else ()
    )
    return Interaction(**row)
