"""The queue board.

GET /api/queues -> {"now", "queues": [{"name", "label", "waiting", "oldest_at", "talking", "ready", ...}]}
"""

from __future__ import annotations

from flask import Blueprint, Response, jsonify

from ..guard import Role, allow
from ..web import web

blueprint = Blueprint("queues", __name__)


@blueprint.get("/api/queues")
@allow(Role.AGENT)
def list_queues() -> Response:
    parts = web()
    return jsonify({"now": parts.deps.clock(), "queues": parts.board.queues(parts.board.snapshot())})
