"""Telephone numbers that were kept in another form than the one they are looked for by: brought into it, once.

Owns: ``settle``. A site that learns its country (or an older version's rows) has people under 138... and +86138...; who
has both is joined or suggested, as for any address two have. Not here: the form (``eslapp.core.phone_numbers``).
"""

from __future__ import annotations

from dataclasses import dataclass

from eslapp.core.identity import Verdict
from eslapp.core.phone_numbers import e164

from . import contacts, people
from .tx import Tx


@dataclass(slots=True)
class Settled:
    """What came of it, in addresses."""

    rewritten: int = 0
    joined: int = 0
    suggested: int = 0


def settle(tx: Tx, *, country: str, at: float) -> Settled:
    """Every number in E.164 as ``country`` reads it. Conversations and histories stay where they are."""
    found = Settled()
    sql = "SELECT external_id, contact, is_verified FROM addresses WHERE scope = 'tel' ORDER BY added_at, external_id"
    for row in tx.all(sql):
        written, contact = row["external_id"], row["contact"]
        world = e164(written, country)
        if world == written:
            continue
        owner = contacts.by_address(tx, "tel", world)
        if owner is None:
            change = "UPDATE addresses SET external_id = :world WHERE scope = 'tel' AND external_id = :written"
            found.rewritten += tx.run(change, world=world, written=written)
            continue
        is_verified, is_asked = row["is_verified"] == 1, people.is_suggested(tx, contact, owner.id)
        verdict = people.learn(tx, contact, scope="tel", external_id=world, is_verified=is_verified, at=at)
        found.joined += verdict == Verdict.MERGE
        found.suggested += verdict == Verdict.SUGGEST and not is_asked
        if verdict == Verdict.MERGE:
            tx.run("DELETE FROM addresses WHERE scope = 'tel' AND external_id = :written", written=written)
    return found
