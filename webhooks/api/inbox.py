"""What channels delivered and could not be worked on: looked at, and tried again once its cause is mended.

GET  /api/inbox?limit=50 -> {"parked": [{"number", "channel_account", "address", "received_at", "error", ...}],
    "unplaced": [{"channel_account", "whose", "events", "last_at", ...}]}: for accounts that the site does not have
POST /api/inbox/retry {"number": 17} -> {"retried": 1}; without a number all of them
"""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, jsonify, request

from eslapp.core.plain import to_plain
from eslapp.store import Tx, inbox, unplaced

from ..guard import Role, allow
from ..replies import Problem
from ..requests import json_object
from ..web import web

blueprint = Blueprint("inbox", __name__)
LIMIT = 200
LARGEST = 2**62


@blueprint.get("/api/inbox")
@allow(Role.ADMIN)
def parked() -> Response:
    limit, deps = max(1, min(request.args.get("limit", 50, type=int), LIMIT)), web().deps

    def work(tx: Tx) -> dict[str, Any]:
        lost = unplaced.lately(tx, now=deps.clock(), limit=limit)
        return {"parked": to_plain(inbox.parked(tx, limit=limit)), "unplaced": to_plain(lost)}

    return jsonify(deps.store.read(work))


@blueprint.post("/api/inbox/retry")
@allow(Role.ADMIN, "number")
def retry() -> Response:
    deps = web().deps
    number = json_object(deps.settings.body_cap).get("number")
    if number is not None and (type(number) is not int or not 0 < number < LARGEST):
        raise Problem(400, "bad-request", "number: of one parked event, or nothing for all")
    retried = deps.store.write(lambda tx: inbox.retry(tx, at=deps.clock(), number=number))
    if number is not None and not retried:
        raise Problem(404, "not-found")
    deps.inbox_arrived()
    return jsonify({"retried": retried})
