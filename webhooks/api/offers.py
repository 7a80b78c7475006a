"""Offers: what rings at the signed-in agent.

GET  /api/offers -> {"now", "offers": [{"id", "interaction", "medium", "expires_at", "person", ...}]}
POST /api/offers/<id>/accept -> {"interaction"}     (text; a call is accepted by picking up the phone)
POST /api/offers/<id>/decline {"reason"} -> {"interaction"}
"""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, jsonify

from eslapp.core.commands import AcceptOffer, DeclineOffer
from eslapp.core.model import Medium, Offer
from eslapp.store import Tx, offers, people

from .. import shapes
from ..board import Snapshot
from ..guard import Role, allow
from ..replies import Problem
from ..requests import json_object, text_field
from ..rights import my_agent
from ..web import Web, web

blueprint = Blueprint("offers", __name__)


@blueprint.get("/api/offers")
@allow(Role.AGENT)
def list_offers() -> Response:
    parts = web()
    snapshot = parts.board.snapshot()
    return jsonify({"now": parts.deps.clock(), "offers": my_offers(parts, my_agent(), snapshot)})


@blueprint.post("/api/offers/<offer>/accept")
@allow(Role.AGENT)
def accept(offer: str) -> Response:
    parts = web()
    agent = my_agent()
    found = _mine(parts, offer, agent)
    if found.medium == Medium.VOICE:
        raise Problem(409, "answer-by-phone")
    parts.ask(AcceptOffer(at=parts.deps.clock(), offer=offer, agent=agent))
    return jsonify({"interaction": found.interaction})


@blueprint.post("/api/offers/<offer>/decline")
@allow(Role.AGENT, "reason")
def decline(offer: str) -> Response:
    parts = web()
    agent = my_agent()
    found = _mine(parts, offer, agent)
    reason = text_field(json_object(parts.deps.settings.body_cap), "reason", cap=60)
    parts.ask(DeclineOffer(at=parts.deps.clock(), offer=offer, agent=agent, reason=reason))
    return jsonify({"interaction": found.interaction})


def my_offers(parts: Web, agent: str, snapshot: Snapshot) -> list[dict[str, Any]]:
    """What rings at ``agent`` now, the first to expire first."""
    pending = sorted(snapshot.pending_offers(agent), key=lambda offer: offer.expires_at)

    def work(tx: Tx) -> list[dict[str, Any]]:
        rows = []
        for offer in pending:
            interaction = snapshot.interactions.get(offer.interaction)
            contact = people.person(tx, interaction.contact) if interaction else None
            shape = shapes.offer_shape(offer, interaction, parts.deps.site, contact)
            rows.append({**shape, "others_asked": snapshot.asked_beside(offer)})
        return rows

    return parts.deps.store.read(work) if pending else []


def _mine(parts: Web, offer: str, agent: str) -> Offer:
    found = parts.deps.store.read(lambda tx: offers.get(tx, offer)) if len(offer) <= 100 else None
    if found is None or found.agent != agent:
        raise Problem(404, "not-found")
    return found
