"""An agent's text to the contact.

POST /api/interactions/<id>/messages {"text": "...", "client_id": "..."} -> {"message": {...}}
A repeated client_id is the same message. GET .../messages?after=SEQ -> {"messages": [...]}
In the order they were said, by the provider's clock where one came late: go on after the greatest ``seq``.
"""

from __future__ import annotations

import re
from typing import Any

from flask import Blueprint, Response, jsonify, request

from eslapp.core.commands import Refused
from eslapp.core.model import Interaction
from eslapp.store import Tx, messages

from .. import shapes
from ..guard import Role, allow
from ..outgoing import post_agent_message
from ..replies import Problem
from ..requests import json_object, text_field
from ..rights import my_agent, read_visible
from ..web import web

blueprint = Blueprint("messages", __name__)
CLIENT_ID = re.compile(r"[A-Za-z0-9_.-]{6,64}")


@blueprint.post("/api/interactions/<interaction>/messages")
@allow(Role.AGENT)
def post(interaction: str) -> Response:
    parts = web()
    agent = my_agent()
    body = json_object(parts.deps.settings.body_cap)
    text = text_field(body, "text", cap=parts.deps.settings.text_cap, required=True)
    client_id = text_field(body, "client_id", cap=64, required=True)
    if not CLIENT_ID.fullmatch(client_id):
        raise Problem(400, "bad-request", "client_id: 6 to 64 letters, digits, '-', '_' or '.'")
    stored = post_agent_message(
        parts.deps, parts.channels.channels, interaction=interaction, agent=agent, text=text, client_id=client_id
    )
    if isinstance(stored, Refused):
        raise Problem(404 if stored.code == "not-yours" else 409, stored.code)
    return jsonify({"message": shapes.message_shape(stored, parts.deps.site)})


@blueprint.get("/api/interactions/<interaction>/messages")
@allow(Role.AGENT)
def listing(interaction: str) -> Response:
    site = web().deps.site
    after = max(0, request.args.get("after", 0, type=int))

    def work(tx: Tx, one: Interaction) -> list[dict[str, Any]]:
        found = messages.of_interaction(tx, one.id, after=after)
        return [shapes.message_shape(message, site) for message in found]

    return jsonify({"messages": read_visible(interaction, work)})
