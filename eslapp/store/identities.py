"""Who proved to be whom, and the one-time codes they prove it with (only their keyed hashes).

Not here: making and comparing codes (``eslapp.services.identities``), members' numbers as addresses (``contacts``).
"""

from __future__ import annotations

from dataclasses import dataclass

from .tx import Row, Tx


@dataclass(frozen=True, slots=True)
class Identification:
    """``verified_by``: "number", "member" or "code"."""

    interaction: str
    contact: str
    verified_by: str
    member: str
    at: float


@dataclass(frozen=True, slots=True)
class OneTimeCode:
    """``message`` carried it; ``used_at`` is None until it was right."""

    source: str
    contact: str
    channel: str
    message: str
    digest: str
    tries_left: int
    made_at: float
    expires_at: float
    used_at: float | None = None


def keep(tx: Tx, *, source: str, found: Identification) -> bool:
    """False where the same ``source`` was kept before."""
    changed = tx.run(
        "INSERT INTO identifications (source, interaction, contact, verified_by, member, at) "
        "VALUES (:source, :interaction, :contact, :verified_by, :member, :at) ON CONFLICT (source) DO NOTHING",
        source=source,
        interaction=found.interaction,
        contact=found.contact,
        verified_by=found.verified_by,
        member=found.member,
        at=found.at,
    )
    return changed == 1


def of_interaction(tx: Tx, interaction: str) -> list[Identification]:
    """Every proof of one interaction, in order."""
    rows = tx.all(
        "SELECT interaction, contact, verified_by, member, at FROM identifications WHERE interaction = :id "
        "ORDER BY number",
        id=interaction,
    )
    return [Identification(**row) for row in rows]


def add_code(tx: Tx, code: OneTimeCode) -> None:
    """A code was made and is on its way."""
    tx.insert("one_time_codes", {name: getattr(code, name) for name in OneTimeCode.__slots__})


def code(tx: Tx, source: str) -> OneTimeCode | None:
    """The code made at this place of the flow."""
    row = tx.one("SELECT * FROM one_time_codes WHERE source = :source", source=source)
    return _code(row) if row else None


def codes_since(tx: Tx, contact: str, since: float) -> int:
    """How many codes this contact was sent."""
    sql = "SELECT COUNT(*) FROM one_time_codes WHERE contact = :contact AND made_at >= :since"
    return int(tx.value(sql, contact=contact, since=since))


def try_code(tx: Tx, source: str, *, is_right: bool, at: float) -> None:
    """One try is used up; the right one ends the code."""
    tx.run(
        "UPDATE one_time_codes SET tries_left = tries_left - 1, used_at = CASE WHEN :right = 1 THEN :at ELSE used_at "
        "END WHERE source = :source",
        source=source,
        right=int(is_right),
        at=at,
    )


def _code(row: Row) -> OneTimeCode:
    return OneTimeCode(**row)
