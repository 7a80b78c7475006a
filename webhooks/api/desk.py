"""Everything one agent's screen needs, in one answer; live events tell when to ask again.

GET /api/desk -> {"now", "agent", "offers", "interactions", "queues", "presets", "site_problems", "live_calls"}
"""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, jsonify

from eslapp.store import Tx, messages, people

from .. import presets, shapes
from ..board import Snapshot
from ..channels import webchat
from ..guard import Role, allow
from ..rights import me, sees_everything
from ..web import Web, web
from .agents import agent_shape
from .floor import live_calls
from .offers import my_offers

blueprint = Blueprint("desk", __name__)


@blueprint.get("/api/desk")
@allow(Role.AGENT)
def show() -> Response:
    parts = web()
    snapshot = parts.board.snapshot()
    login = me().login
    is_agent = login in parts.deps.site.agents
    return jsonify(
        {
            "now": parts.deps.clock(),
            "agent": agent_shape(parts, login, snapshot) if is_agent else None,
            "offers": my_offers(parts, login, snapshot) if is_agent else [],
            "interactions": _my_work(parts, login, snapshot),
            "queues": parts.board.queues(snapshot),
            "presets": {**presets.of_site(parts.deps.site), "chat_link": _linked_chat(parts)},
            "site_problems": _site_problems(parts),
            "live_calls": live_calls(parts, login, snapshot) if sees_everything(me()) else [],
        }
    )


def _linked_chat(parts: Web) -> str:
    """The web chat that links can lead to; "" without one, or without an address that contacts can open."""
    names = [name for name, channel in parts.deps.site.channels.items() if channel.type == webchat.TYPE]
    return names[0] if names and parts.deps.settings.public_url else ""


def _site_problems(parts: Web) -> list[str]:
    """Why the files as they are do not serve: told to those who can have it mended."""
    publishing = parts.deps.publishing
    problems: list[str] = publishing.status()["problems"] if publishing and sees_everything(me()) else []
    return problems


def _my_work(parts: Web, agent: str, snapshot: Snapshot) -> list[dict[str, Any]]:
    work_now = sorted(snapshot.work_of(agent), key=lambda one: one.connected_at or one.opened_at)

    def work(tx: Tx) -> list[dict[str, Any]]:
        rows = []
        for one in work_now:
            newest = messages.newest(tx, one.id)
            shape = shapes.interaction_shape(one, parts.deps.site, people.person(tx, one.contact))
            shape["newest_message"] = shapes.message_shape(newest, parts.deps.site) if newest else None
            rows.append(shape)
        return rows

    return parts.deps.store.read(work) if work_now else []
