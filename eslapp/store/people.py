"""Contacts joined to people: a pointer from one to the other, kept with its reason and undone like it was made.

Owns: who stands for whom, merges, suggestions. Nothing is rewritten: conversations, interactions and messages stay with
the contact they came from, and a reply goes to the conversation's own address.
Not here: whether two are one (``eslapp.core.identity``), the contacts themselves (``contacts``).
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from eslapp.core.events import ContactsMerged, ContactsParted, ContactsToldApart
from eslapp.core.identity import MEMBER, Known, Verdict, is_worthless, judge
from eslapp.core.model import Contact

from . import contacts, events
from .tx import Row, Tx

DEPTH = 50  # pointers followed: a chain is as long as its merges
SYSTEM = "system"
NUMBER_GOOD_S = 365 * 86400.0  # telephone numbers are given to others: what was proved earlier is a hint only


@dataclass(frozen=True, slots=True)
class Merge:
    """One joining; ``undone_at`` None while it stands."""

    number: int
    winner: str
    loser: str
    reason: str
    actor: str
    at: float
    undone_at: float | None
    undone_by: str


def root(tx: Tx, contact: str) -> str:
    """The contact that stands for this one."""
    for _ in range(DEPTH):
        above = tx.value("SELECT merged_into FROM contacts WHERE id = :id", id=contact)
        if not above:
            return contact
        contact = str(above)
    return contact


def members(tx: Tx, contact: str) -> list[str]:
    """All contacts of the person, the one that stands for them first."""
    rows = tx.all(
        "WITH RECURSIVE person (id) AS (SELECT :root UNION SELECT contacts.id FROM contacts "
        "JOIN person ON contacts.merged_into = person.id) SELECT id FROM person",
        root=root(tx, contact),
    )
    return [row["id"] for row in rows]


def person(tx: Tx, contact: str) -> Contact | None:
    """The person: who stands for them, with everybody's addresses, and what that one lacks from the others."""
    found = [one for one in (contacts.get(tx, each) for each in members(tx, contact)) if one is not None]
    if not found:
        return None
    addresses = tuple(dict.fromkeys(address for one in found for address in one.addresses))
    lacking = {
        field: next((getattr(one, field) for one in found if getattr(one, field)), "")
        for field in ("name", "level", "language")
    }
    return replace(found[0], addresses=addresses, **lacking)


def learn(tx: Tx, contact: str, *, scope: str, external_id: str, is_verified: bool, at: float) -> str:
    """The contact has this address too. Who has it already is merged, suggested, or left alone; the verdict, or "".

    ``is_verified``: they proved it now (a signed login, a code that came there).
    """
    if is_worthless(scope, external_id):
        return ""
    if scope == MEMBER and _is_another_member(tx, contact, external_id):
        return Verdict.NEVER.value  # somebody else at the same address: whoever it was first stays
    owner = contacts.by_address(tx, scope, external_id)
    if owner is None:
        contacts.add_address(tx, contact, scope=scope, external_id=external_id, at=at, is_verified=is_verified)
        return ""
    mine, theirs = root(tx, contact), root(tx, owner.id)
    if mine == theirs:
        if is_verified:
            contacts.verify_address(tx, owner.id, scope=scope, external_id=external_id, at=at)
        return ""
    since = at - NUMBER_GOOD_S if scope == "tel" else 0.0
    both = is_verified and contacts.is_verified(tx, scope, external_id, since=since)
    shared = Known(scope, external_id, both)
    verdict, reason = judge(
        _known(tx, mine), _known(tx, theirs), shared=shared, is_undone=_is_dismissed(tx, mine, theirs)
    )
    if verdict == Verdict.MERGE:
        merge(tx, theirs, mine, reason=reason, actor=SYSTEM, at=at)
    elif verdict == Verdict.SUGGEST:
        suggest(tx, mine, theirs, reason=reason, at=at)
    return verdict.value


def merge(tx: Tx, winner: str, loser: str, *, reason: str, actor: str, at: float) -> int | None:
    """Join two people; the number of the merge. None where they are one already, or different members."""
    winner, loser = root(tx, winner), root(tx, loser)
    if winner == loser or _are_different_members(tx, winner, loser):
        return None
    tx.run("UPDATE contacts SET merged_into = :winner WHERE id = :loser", winner=winner, loser=loser)
    number = tx.value(
        "INSERT INTO merges (winner, loser, reason, actor, at, undone_by) "
        "VALUES (:winner, :loser, :reason, :actor, :at, '') RETURNING number",
        winner=winner,
        loser=loser,
        reason=reason,
        actor=actor,
        at=at,
    )
    _decide(tx, winner, loser, reason, "merged", at)
    events.append(tx, ContactsMerged(at=at, winner=winner, loser=loser, reason=reason, by=actor))
    return int(number)


def undo(tx: Tx, number: int, *, actor: str, at: float) -> bool:
    """Part them again, and never join them by machine. What was merged on top stays with its own side."""
    row = tx.one("SELECT winner, loser FROM merges WHERE number = :number AND undone_at IS NULL", number=number)
    if row is None:
        return False
    tx.run(
        "UPDATE contacts SET merged_into = '' WHERE id = :loser AND merged_into = :winner",
        loser=row["loser"],
        winner=row["winner"],
    )
    tx.run(
        "UPDATE merges SET undone_at = :at, undone_by = :actor WHERE number = :number",
        at=at,
        actor=actor,
        number=number,
    )
    _decide(tx, row["winner"], row["loser"], "parted by hand", "dismissed", at)
    events.append(tx, ContactsParted(at=at, winner=row["winner"], loser=row["loser"], by=actor))
    return True


def merges_of(tx: Tx, contact: str) -> list[Merge]:
    """Every merge of the person, undone ones too, in order."""
    found: dict[int, Merge] = {}
    for one in members(tx, contact):
        for row in tx.all("SELECT * FROM merges WHERE winner = :id OR loser = :id ORDER BY number", id=one):
            found[row["number"]] = Merge(**row)
    return [found[number] for number in sorted(found)]


def suggest(tx: Tx, one: str, other: str, *, reason: str, at: float) -> None:
    """Ask an agent, unless one has answered already."""
    first, second = sorted((one, other))
    tx.run(
        "INSERT INTO merge_suggestions (one, other, reason, state, at) VALUES (:one, :other, :reason, 'open', :at) "
        "ON CONFLICT DO NOTHING",
        one=first,
        other=second,
        reason=reason,
        at=at,
    )


def suggestions(tx: Tx, contact: str) -> list[Row]:
    """Open suggestions about the person: ``{"contact", "reason", "at"}``, the other one's root."""
    found: dict[str, Row] = {}
    mine = members(tx, contact)
    for one in mine:
        sql = "SELECT one, other, reason, at FROM merge_suggestions WHERE state = 'open' AND (one = :id OR other = :id)"
        for row in tx.all(sql, id=one):
            other = root(tx, row["other"] if row["one"] == one else row["one"])
            if other not in mine:
                found[other] = {"contact": other, "reason": row["reason"], "at": row["at"]}
    return list(found.values())


def dismiss(tx: Tx, one: str, other: str, *, actor: str, at: float) -> None:
    """An agent says that these two people are two, whatever addresses they have."""
    for mine in members(tx, one):
        for theirs in members(tx, other):
            _decide(tx, mine, theirs, "said to be two", "dismissed", at)
    events.append(tx, ContactsToldApart(at=at, one=one, other=other, by=actor))


def is_suggested(tx: Tx, contact: str, other: str) -> bool:
    """Whether there is an open question whether the two are one."""
    return root(tx, other) in {one["contact"] for one in suggestions(tx, contact)}


def _decide(tx: Tx, one: str, other: str, reason: str, state: str, at: float) -> None:
    first, second = sorted((one, other))
    tx.run(
        "INSERT INTO merge_suggestions (one, other, reason, state, at) VALUES (:one, :other, :reason, :state, :at) "
        "ON CONFLICT (one, other) DO UPDATE SET state = :state, reason = :reason, at = :at",
        one=first,
        other=second,
        reason=reason,
        state=state,
        at=at,
    )


def _known(tx: Tx, contact: str) -> list[Known]:
    found = []
    for one in members(tx, contact):
        sql = "SELECT scope, external_id, is_verified FROM addresses WHERE contact = :id"
        found += [Known(row["scope"], row["external_id"], bool(row["is_verified"])) for row in tx.all(sql, id=one)]
    return found


def _are_different_members(tx: Tx, one: str, other: str) -> bool:
    shared = Known("", "by hand", True)
    return judge(_known(tx, one), _known(tx, other), shared=shared, is_undone=False)[1] == "different members"


def _is_another_member(tx: Tx, contact: str, member: str) -> bool:
    own = {one.external_id for one in _known(tx, contact) if one.scope == MEMBER}
    return bool(own) and member not in own


def _is_dismissed(tx: Tx, one: str, other: str) -> bool:
    for mine in members(tx, one):
        for theirs in members(tx, other):
            first, second = sorted((mine, theirs))
            sql = "SELECT state FROM merge_suggestions WHERE one = :one AND other = :other"
            if tx.value(sql, one=first, other=second) == "dismissed":
                return True
    return False
