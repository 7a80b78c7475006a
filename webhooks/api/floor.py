"""The floor as a supervisor sees it: queues with their service level, agents by what they do, calls, callbacks.

GET /api/floor -> {"now", "since", "queues": [{"name", "waiting", "target_s", "level": {"share", ...}, ...}],
                   "agents": [{"id", "name", "doing", "presence", "work", ...}], "callbacks": [...]}
     doing: offline | break | rna | ringing | talking | wrap_up | available
"""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, jsonify

from eslapp.core.model import InteractionState, Medium, Presence
from eslapp.core.service_level import level
from eslapp.store import Tx, interactions, people

from .. import shapes
from ..board import Snapshot
from ..guard import Role, allow
from ..web import Web, web
from .agents import agent_shape

blueprint = Blueprint("floor", __name__)
LATELY_S = 3600.0
WORKING = {InteractionState.CONNECTING: "talking", InteractionState.CONNECTED: "talking"}


@blueprint.get("/api/floor")
@allow(Role.SUPERVISOR)
def show() -> Response:
    parts = web()
    snapshot, now = parts.board.snapshot(), parts.deps.clock()
    return jsonify(
        {
            "now": now,
            "since": now - LATELY_S,
            "queues": _queues(parts, snapshot, now),
            "agents": [_agent(parts, agent, snapshot) for agent in parts.deps.site.agents],
            "callbacks": _callbacks(parts),
        }
    )


def live_calls(parts: Web, login: str, snapshot: Snapshot) -> list[dict[str, Any]]:
    """What a supervisor may listen to."""
    return [
        shapes.interaction_shape(one, parts.deps.site, None)
        for one in snapshot.interactions.values()
        if one.medium == Medium.VOICE and one.state == InteractionState.CONNECTED and one.agent != login
    ]


def _queues(parts: Web, snapshot: Snapshot, now: float) -> list[dict[str, Any]]:
    waits = parts.deps.store.read(lambda tx: interactions.waits_since(tx, now - LATELY_S))
    rows = parts.board.queues(snapshot)
    for row in rows:
        target = parts.deps.site.queues[row["name"]].target
        found = level(target.within_s, waits.get(row["name"], ()), now)
        row |= {"target_s": target.within_s, "target_share": target.share}
        row["level"] = {"share": found.share, "answered": found.answered, "in_time": found.in_time, "late": found.late}
    return rows


def _agent(parts: Web, agent: str, snapshot: Snapshot) -> dict[str, Any]:
    """One agent, what they do now and with whom."""
    work = snapshot.work_of(agent)
    shown = [
        {"id": one.id, "medium": one.medium.value, "state": one.state.value, "since": one.connected_at or one.opened_at}
        for one in work
    ]
    return {**agent_shape(parts, agent, snapshot), "doing": _doing(agent, snapshot), "work": shown}


def _doing(agent: str, snapshot: Snapshot) -> str:
    """In one word; who talks talks, whatever they have chosen for afterwards."""
    states = {one.state for one in snapshot.work_of(agent)}
    if states & WORKING.keys():
        return "talking"
    if InteractionState.WRAP_UP in states:
        return "wrap_up"
    if snapshot.pending_offers(agent):
        return "ringing"
    presence: Presence = snapshot.agent(agent).presence
    return presence.value


def _callbacks(parts: Web) -> list[dict[str, Any]]:
    def work(tx: Tx) -> list[dict[str, Any]]:
        return [
            shapes.interaction_shape(one, parts.deps.site, people.person(tx, one.contact))
            for one in interactions.callbacks(tx)
        ]

    return parts.deps.store.read(work)
