"""Interactions: lists, one with its story, why it went where it went; ending and wrapping up one's own.

GET  /api/interactions?state=queued&contact=ID&limit=50 -> {"interactions": [...]}
GET  /api/interactions/<id> -> {"interaction", "events", "messages", "recordings", "transcripts", "path", "reply"}
GET  /api/interactions/<id>/why -> {"en", "zh", "receipts"}
POST /api/interactions/<id>/more-time -> {"interaction", "wrap_up_until"}
POST /api/interactions/<id>/end   POST /api/interactions/<id>/wrap-up {"disposition", "notes"}
"""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, jsonify, request

from eslapp.core.commands import EndTalk, ExtendWrapUp, FinishWrapUp
from eslapp.core.model import Interaction, InteractionState
from eslapp.core.receipts import to_show
from eslapp.store import Tx, interactions, people, receipts

from .. import reply_state, shapes, story
from ..guard import Role, allow
from ..replies import Problem
from ..requests import json_object, text_field
from ..rights import me, mine, my_agent, my_contacts, read_visible, sees_everything
from ..web import Web, web

blueprint = Blueprint("interactions", __name__)
LIMIT = 200


@blueprint.get("/api/interactions")
@allow(Role.AGENT)
def list_interactions() -> Response:
    parts = web()
    limit = request.args.get("limit", 50, type=int)
    found = _listed(parts, max(1, min(limit, LIMIT)))

    def work(tx: Tx) -> list[dict[str, Any]]:
        return [shapes.interaction_shape(one, parts.deps.site, people.person(tx, one.contact)) for one in found]

    return jsonify({"interactions": parts.deps.store.read(work)})


def _listed(parts: Web, limit: int) -> list[Interaction]:
    """One's own, or everybody's for supervisors; of one contact, where the agent deals with them now."""
    contact = request.args.get("contact", "")[:100]
    state = _asked_state()
    everything = sees_everything(me())
    if contact:
        if not everything and contact not in my_contacts(parts.board.snapshot(), me().login):
            raise Problem(404, "not-found")
        found = parts.deps.store.read(lambda tx: interactions.of_contact(tx, contact, limit=limit))
        return [one for one in found if state is None or one.state == state]
    agent = "" if everything else me().login
    return parts.deps.store.read(lambda tx: interactions.listing(tx, state=state, agent=agent, limit=limit))


def _asked_state() -> InteractionState | None:
    asked = request.args.get("state", "")
    if not asked:
        return None
    try:
        return InteractionState(asked)
    except ValueError:
        raise Problem(400, "bad-request", f"state: one of {', '.join(InteractionState)}") from None


@blueprint.get("/api/interactions/<interaction>")
@allow(Role.AGENT)
def show(interaction: str) -> Response:
    parts = web()
    now = parts.deps.clock()

    def work(tx: Tx, one: Interaction) -> dict[str, Any]:
        told = story.tell(tx, one, parts.deps.site)
        return {**told, "reply": reply_state.of(tx, one, parts.channels, now, parts.deps.settings.public_url)}

    return jsonify({"now": now, **read_visible(interaction, work)})


@blueprint.get("/api/interactions/<interaction>/why")
@allow(Role.AGENT)
def why(interaction: str) -> Response:
    site = web().deps.site
    names = {agent: shapes.agent_name(site, agent) for agent in site.agents}
    told = {queue: shapes.queue_label(site, queue) for queue in site.queues}
    labels = {code: {queue: told[queue].get(code) or queue for queue in told} for code in ("en", "zh")}
    reasons = read_visible(interaction, lambda tx, one: receipts.why(tx, one.id, names=names, labels=labels))
    return jsonify({**to_show(reasons, labels), "names": names})


@blueprint.post("/api/interactions/<interaction>/end")
@allow(Role.AGENT)
def end(interaction: str) -> Response:
    parts = web()
    agent = my_agent()
    mine(interaction, agent)
    parts.ask(EndTalk(at=parts.deps.clock(), interaction=interaction, by="agent"))
    return jsonify({"interaction": interaction})


@blueprint.post("/api/interactions/<interaction>/more-time")
@allow(Role.AGENT)
def more_time(interaction: str) -> Response:
    """A minute more for the wrap-up, up to the queue's limit."""
    parts = web()
    agent = my_agent()
    mine(interaction, agent)
    told = parts.ask(ExtendWrapUp(at=parts.deps.clock(), interaction=interaction, agent=agent))
    return jsonify({"interaction": interaction, "wrap_up_until": told[0].until})


@blueprint.post("/api/interactions/<interaction>/wrap-up")
@allow(Role.AGENT, "disposition", "notes")
def wrap_up(interaction: str) -> Response:
    parts = web()
    agent = my_agent()
    body = json_object(parts.deps.settings.body_cap)
    disposition = text_field(body, "disposition", cap=60, required=True)
    notes = text_field(body, "notes", cap=10_000)
    mine(interaction, agent)
    command = FinishWrapUp(
        at=parts.deps.clock(), interaction=interaction, agent=agent, disposition=disposition, notes=notes
    )
    parts.ask(command)
    return jsonify({"interaction": interaction})
