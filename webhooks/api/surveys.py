"""What contacts said of us.

GET /api/surveys?survey=short&low=1&limit=50 -> {"surveys": [{"survey", "score", "best", "is_low", "agent", ...}]}
"""

from __future__ import annotations

from flask import Blueprint, Response, jsonify, request

from eslapp.core.plain import to_plain
from eslapp.store import surveys

from ..guard import Role, allow
from ..web import web

blueprint = Blueprint("surveys", __name__)
LIMIT = 1000


@blueprint.get("/api/surveys")
@allow(Role.SUPERVISOR)
def list_surveys() -> Response:
    survey, only_low = request.args.get("survey", "")[:100], request.args.get("low", "") == "1"
    limit = max(1, min(request.args.get("limit", 50, type=int), LIMIT))
    store = web().deps.store
    found = store.read(lambda tx: surveys.listing(tx, survey=survey, only_low=only_low, limit=limit))
    return jsonify({"surveys": to_plain(found)})
