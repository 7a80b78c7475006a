"""Agents and their presence.

GET  /api/agents -> {"agents": [{"id", "name", "presence", "reason", "phone_registered", "load", ...}]}
POST /api/agents/1001/presence {"presence": "break", "reason": "lunch", "after_work": true} -> the agent
POST /api/agents/1001/phone-test -> the agent: the phone is rung, who hears the question presses 1
     (after_work: when what they hold now is done; absent: at once)
"""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, jsonify

from eslapp.core.capacity import phone_hindrance
from eslapp.core.commands import SetPresence, TestPhone
from eslapp.core.model import Presence
from eslapp.core.settings import Rules
from eslapp.store.agents import AgentRow, doing

from .. import shapes
from ..board import Snapshot
from ..guard import Role, allow
from ..replies import Problem
from ..requests import flag_field, json_object, text_field
from ..rights import me, sees_everything
from ..web import Web, web

blueprint = Blueprint("agents", __name__)
CHOICES = frozenset({Presence.OFFLINE, Presence.AVAILABLE, Presence.BREAK})  # RNA is the router's


@blueprint.get("/api/agents")
@allow(Role.AGENT)
def list_agents() -> Response:
    parts = web()
    snapshot = parts.board.snapshot()
    return jsonify({"agents": [agent_shape(parts, agent, snapshot) for agent in parts.deps.site.agents]})


@blueprint.post("/api/agents/<agent>/presence")
@allow(Role.AGENT, "presence", "reason", "after_work")
def set_presence(agent: str) -> Response:
    """One's own presence; supervisors may set anybody's."""
    parts = web()
    if agent != me().login and not sees_everything(me()):
        raise Problem(403, "forbidden")
    if agent not in parts.deps.site.agents:
        raise Problem(404, "not-found")
    body = json_object(parts.deps.settings.body_cap)
    wanted = text_field(body, "presence", cap=20, required=True)
    if wanted not in CHOICES:
        raise Problem(400, "bad-request", "presence: one of available, break, offline")
    reason = text_field(body, "reason", cap=60)
    after_work = flag_field(body, "after_work")
    command = SetPresence(
        at=parts.deps.clock(), agent=agent, presence=Presence(wanted), reason=reason, after_work=after_work
    )
    parts.ask(command)
    return jsonify(agent_shape(parts, agent, parts.board.snapshot()))


@blueprint.post("/api/agents/<agent>/phone-test")
@allow(Role.AGENT)
def test_phone(agent: str) -> Response:
    """One's own phone; supervisors may have anybody's tested."""
    parts = web()
    if agent != me().login and not sees_everything(me()):
        raise Problem(403, "forbidden")
    if agent not in parts.deps.site.agents:
        raise Problem(404, "not-found")
    parts.ask(TestPhone(at=parts.deps.clock(), agent=agent))
    return jsonify(agent_shape(parts, agent, parts.board.snapshot()))


def phone_line(row: AgentRow, readiness: str) -> str:
    """How the phone stands, in one word: "ready", or what is missing by the site's rule."""
    return phone_hindrance(doing(row), Rules(readiness=readiness)).removeprefix("phone-") or "ready"


def agent_shape(parts: Web, agent: str, snapshot: Snapshot) -> dict[str, Any]:
    """One agent: who they are (the site) and what they do (the rows)."""
    entry = parts.deps.site.agents[agent]
    row = snapshot.agent(agent)
    capacity = parts.board.capacity(agent)
    return {
        "id": agent,
        "name": shapes.agent_name(parts.deps.site, agent),
        "extension": getattr(entry, "extension", agent),
        "languages": list(getattr(entry, "languages", ())),
        "skills": dict(getattr(entry, "skills", {})),
        "presence": row.presence.value,
        "reason": row.reason,
        "next_presence": row.next_presence.value if row.next_presence else "",
        "next_reason": row.next_reason,
        "phone_registered": row.phone_registered,
        "phone_test": row.phone_test.value,
        "phone": phone_line(row, parts.deps.site.routing.readiness),
        "idle_since": row.idle_since,
        "capacity": capacity,
        "load": snapshot.load(agent, capacity),
    }
