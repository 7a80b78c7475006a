"""Callbacks: who waits to be called back, one asked for by an agent or a supervisor, one called off.

GET  /api/callbacks -> {"now", "callbacks": [{"id", "address", "state", "due_at", "tries", "queue", ...}]}
POST /api/callbacks {"parent", "address", "due_at", "queue", "mine"} -> {"interaction"}
     (address: absent, the contact's number; due_at: UTC seconds, absent: soon; mine: I am asked first)
POST /api/callbacks/<id>/cancel -> {"interaction"}
"""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, jsonify

from eslapp.core.callbacks import CHANNEL
from eslapp.core.commands import CloseInteraction, RequestCallback
from eslapp.core.model import Outcome
from eslapp.store import Tx, interactions, people

from .. import shapes
from ..guard import Role, allow
from ..outside import number_to_dial
from ..replies import Problem
from ..requests import flag_field, json_object, text_field
from ..rights import my_agent, read_visible
from ..web import web
from .calls import known_number

blueprint = Blueprint("callbacks", __name__)
LONGEST_AHEAD_S = 30 * 86_400.0


@blueprint.get("/api/callbacks")
@allow(Role.SUPERVISOR)
def list_callbacks() -> Response:
    parts = web()

    def work(tx: Tx) -> list[dict[str, Any]]:
        return [
            shapes.interaction_shape(one, parts.deps.site, people.person(tx, one.contact))
            for one in interactions.callbacks(tx)
        ]

    return jsonify({"now": parts.deps.clock(), "callbacks": parts.deps.store.read(work)})


@blueprint.post("/api/callbacks")
@allow(Role.AGENT, "parent", "address", "queue", "due_at", "mine")
def request_callback() -> Response:
    """For a contact in line the place is kept, they may hang up; of one in a talk it is due after that."""
    parts = web()
    body = json_object(parts.deps.settings.body_cap)
    parent = text_field(body, "parent", cap=100, required=True)
    before = read_visible(parent, lambda tx, one: one)
    now = parts.deps.clock()
    due_at = _instant(body, now)
    address = number_to_dial(text_field(body, "address", cap=32).strip() or known_number(before))
    command = RequestCallback(
        at=now,
        interaction=parts.deps.ids(),
        parent=parent,
        address=address,
        queue=text_field(body, "queue", cap=100),
        due_at=due_at,
        promised_by=my_agent() if flag_field(body, "mine") else "",
    )
    parts.ask(command)
    return jsonify({"interaction": command.interaction})


@blueprint.post("/api/callbacks/<interaction>/cancel")
@allow(Role.AGENT)
def cancel(interaction: str) -> Response:
    """One that has not been reached yet."""
    parts = web()
    channel = read_visible(interaction, lambda tx, one: one.channel)
    if channel != CHANNEL:
        raise Problem(404, "not-found")
    parts.ask(CloseInteraction(at=parts.deps.clock(), interaction=interaction, outcome=Outcome.CANCELLED))
    return jsonify({"interaction": interaction})


def _instant(body: dict[str, Any], now: float) -> float | None:
    due_at = body.get("due_at")
    if due_at is None:
        return None
    if (
        isinstance(due_at, bool)
        or not isinstance(due_at, int | float)
        or not now - 60 <= due_at <= now + LONGEST_AHEAD_S
    ):
        raise Problem(400, "bad-request", "due_at: UTC seconds within the next 30 days")
    return float(due_at)
