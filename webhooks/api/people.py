"""People with several addresses: the whole person, merges and suggestions, and undoing them.

GET  /api/people/<contact> -> {"person", "merges": [...], "suggestions": [{"person", "reason", "at"}]}
POST /api/people/<contact>/merge {"other": CONTACT, "reason"} -> {"person"}      409 "different-members"
POST /api/people/<contact>/part {"merge": NUMBER} -> {"person"}
POST /api/people/<contact>/dismiss {"other": CONTACT} -> {}

An agent sees and joins people they deal with or have served, and whoever is suggested for one of these: of those the
addresses are veiled until they are joined. Somebody else's contact is "not found". Each change is an event with who
made it.
"""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, jsonify

from eslapp.core.plain import to_plain
from eslapp.store import Tx, people

from .. import shapes
from ..board import Snapshot
from ..guard import Role, allow
from ..replies import Problem
from ..requests import json_object, text_field
from ..rights import may_see_person, me
from ..sessions import SignedIn
from ..web import web

blueprint = Blueprint("people", __name__)
CLEAR = 4  # characters of a veiled address that are shown


@blueprint.get("/api/people/<contact>")
@allow(Role.AGENT)
def show(contact: str) -> Response:
    asking = _Asking.now()
    return jsonify(_or_404(web().deps.store.read(lambda tx: _shape(tx, contact, asking))))


@blueprint.post("/api/people/<contact>/merge")
@allow(Role.AGENT, "other", "reason")
def merge(contact: str) -> Response:
    parts, asking = web(), _Asking.now()
    body = json_object(parts.deps.settings.body_cap)
    other = text_field(body, "other", cap=64, required=True)
    reason = text_field(body, "reason", cap=200) or "said by an agent"
    now = parts.deps.clock()

    def work(tx: Tx) -> dict[str, Any] | None:
        if not asking.sees(tx, contact) or not asking.may_join(tx, contact, other):
            return None
        if people.root(tx, contact) != people.root(tx, other):
            number = people.merge(tx, contact, other, reason=reason, actor=asking.login, at=now)
            if number is None:
                return {"refused": "different-members"}
        return _shape(tx, contact, asking)

    told = _or_404(parts.deps.store.write(work))
    if "refused" in told:
        raise Problem(409, told["refused"])
    return jsonify(told)


@blueprint.post("/api/people/<contact>/part")
@allow(Role.AGENT, "merge")
def part(contact: str) -> Response:
    parts, asking = web(), _Asking.now()
    number = json_object(parts.deps.settings.body_cap).get("merge")
    now = parts.deps.clock()

    def work(tx: Tx) -> dict[str, Any] | None:
        if not asking.sees(tx, contact) or number not in [one.number for one in people.merges_of(tx, contact)]:
            return None
        people.undo(tx, int(number), actor=asking.login, at=now)
        return _shape(tx, contact, asking)

    return jsonify(_or_404(parts.deps.store.write(work)))


@blueprint.post("/api/people/<contact>/dismiss")
@allow(Role.AGENT, "other")
def dismiss(contact: str) -> Response:
    parts, asking = web(), _Asking.now()
    other = text_field(json_object(parts.deps.settings.body_cap), "other", cap=64, required=True)
    now = parts.deps.clock()

    def work(tx: Tx) -> dict[str, Any] | None:
        if not asking.sees(tx, contact) or not asking.may_join(tx, contact, other):
            return None
        people.dismiss(tx, contact, other, actor=asking.login, at=now)
        return {}

    return jsonify(_or_404(parts.deps.store.write(work)))


class _Asking:
    """Who asks, and what goes on while they do."""

    def __init__(self, signed_in: SignedIn, snapshot: Snapshot) -> None:
        self.login = signed_in.login
        self._signed_in = signed_in
        self._snapshot = snapshot

    @classmethod
    def now(cls) -> _Asking:
        return cls(me(), web().board.snapshot())

    def sees(self, tx: Tx, contact: str) -> bool:
        """Whether this contact is there, for them."""
        is_there = people.person(tx, contact) is not None
        return is_there and may_see_person(tx, contact, self._snapshot, self._signed_in)

    def may_join(self, tx: Tx, contact: str, other: str) -> bool:
        """Whether they may decide about the two: they see both, or we asked."""
        return self.sees(tx, other) or people.is_suggested(tx, contact, other)


def _or_404(told: dict[str, Any] | None) -> dict[str, Any]:
    if told is None:
        raise Problem(404, "not-found")
    return told


def _shape(tx: Tx, contact: str, asking: _Asking) -> dict[str, Any] | None:
    found = people.person(tx, contact)
    if found is None or not asking.sees(tx, contact):
        return None
    asked = []
    for one in people.suggestions(tx, contact):
        other = people.person(tx, one["contact"])
        if other is not None:
            shape = shapes.contact_shape(other)
            if not asking.sees(tx, other.id):
                shape["addresses"] = [[scope, _veiled(address)] for scope, address in shape["addresses"]]
            asked.append({"person": shape, "reason": one["reason"], "at": one["at"]})
    return {
        "person": shapes.contact_shape(found),
        "merges": [to_plain(one) for one in people.merges_of(tx, contact)],
        "suggestions": asked,
    }


def _veiled(address: str) -> str:
    """Enough to know it again, too little to use it.

    >>> _veiled("+8613800138000"), _veiled("ada")
    ('…8000', '…')
    """
    return f"…{address[-CLEAR:]}" if len(address) > 2 * CLEAR else "…"
