"""People with several addresses: the whole person, merges and suggestions, and undoing them.

GET  /api/people/<contact> -> {"person", "merges": [...], "suggestions": [{"person", "reason", "at"}]}
POST /api/people/<contact>/merge {"other": CONTACT, "reason"} -> {"person"}      409 "different-members"
POST /api/people/<contact>/part {"merge": NUMBER} -> {"person"}
POST /api/people/<contact>/dismiss {"other": CONTACT} -> {}
"""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, jsonify

from eslapp.core.plain import to_plain
from eslapp.store import Tx, people

from .. import shapes
from ..guard import Role, allow
from ..replies import Problem
from ..requests import json_object, text_field
from ..rights import me
from ..web import web

blueprint = Blueprint("people", __name__)


@blueprint.get("/api/people/<contact>")
@allow(Role.AGENT)
def show(contact: str) -> Response:
    return jsonify(web().deps.store.read(lambda tx: _shape(tx, contact)))


@blueprint.post("/api/people/<contact>/merge")
@allow(Role.AGENT)
def merge(contact: str) -> Response:
    parts = web()
    body = json_object(parts.deps.settings.body_cap)
    other = text_field(body, "other", cap=64, required=True)
    reason = text_field(body, "reason", cap=200) or "said by an agent"
    actor, now = me().login, parts.deps.clock()

    def work(tx: Tx) -> dict[str, Any]:
        _known(tx, contact)
        _known(tx, other)
        if people.root(tx, contact) != people.root(tx, other):
            number = people.merge(tx, contact, other, reason=reason, actor=actor, at=now)
            if number is None:
                raise Problem(409, "different-members")
        return _shape(tx, contact)

    return jsonify(parts.deps.store.write(work))


@blueprint.post("/api/people/<contact>/part")
@allow(Role.AGENT)
def part(contact: str) -> Response:
    parts = web()
    number = json_object(parts.deps.settings.body_cap).get("merge")
    actor, now = me().login, parts.deps.clock()

    def work(tx: Tx) -> dict[str, Any]:
        _known(tx, contact)
        if number not in [one.number for one in people.merges_of(tx, contact)]:
            raise Problem(404, "not-found")
        people.undo(tx, int(number), actor=actor, at=now)
        return _shape(tx, contact)

    return jsonify(parts.deps.store.write(work))


@blueprint.post("/api/people/<contact>/dismiss")
@allow(Role.AGENT)
def dismiss(contact: str) -> Response:
    parts = web()
    other = text_field(json_object(parts.deps.settings.body_cap), "other", cap=64, required=True)
    now = parts.deps.clock()

    def work(tx: Tx) -> None:
        for mine in people.members(tx, contact):
            for theirs in people.members(tx, other):
                people.dismiss(tx, mine, theirs, now)

    parts.deps.store.write(work)
    return jsonify({})


def _known(tx: Tx, contact: str) -> None:
    if people.person(tx, contact) is None:
        raise Problem(404, "not-found")


def _shape(tx: Tx, contact: str) -> dict[str, Any]:
    _known(tx, contact)
    found = people.person(tx, contact)
    asked = []
    for one in people.suggestions(tx, contact):
        other = people.person(tx, one["contact"])
        if other is not None:
            asked.append({"person": shapes.contact_shape(other), "reason": one["reason"], "at": one["at"]})
    return {
        "person": shapes.contact_shape(found) if found else None,
        "merges": [to_plain(one) for one in people.merges_of(tx, contact)],
        "suggestions": asked,
    }
