"""The revisions of the site: what is in force, how it came to be, and publishing.

GET  /api/revisions -> {"revision", "problems", "canary", "history": [{"number", "revision", "at", "by", "why", ...}]}
POST /api/revisions {"action": "publish" | "roll-back" | "promote" | "stop", "to", "percent", "why"} -> the status
"""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, jsonify

from ..guard import Role, allow
from ..ports import PublishingView
from ..replies import Problem
from ..requests import json_object, text_field
from ..rights import me
from ..web import web

blueprint = Blueprint("revisions", __name__)


@blueprint.get("/api/revisions")
@allow(Role.SUPERVISOR)
def show() -> Response:
    publishing = _publishing()
    return jsonify({**publishing.status(), "history": publishing.history()})


@blueprint.post("/api/revisions")
@allow(Role.ADMIN, "action", "why", "to", "percent")
def change() -> Response:
    body = json_object(web().deps.settings.body_cap)
    try:
        return jsonify(_done(_publishing(), text_field(body, "action", cap=20, required=True), body))
    except ValueError as error:  # no such revision, no canary: said by its own text
        raise Problem(409, "bad-request", detail=str(error)) from None


def _done(publishing: PublishingView, action: str, body: dict[str, Any]) -> dict[str, Any]:
    by, percent = me().login, body.get("percent")
    if percent is not None and not (isinstance(percent, int) and 1 <= percent <= 99):
        raise ValueError("percent is a whole number from 1 to 99")
    if action == "publish":
        return publishing.publish(by=by, why=text_field(body, "why", cap=60) or "published", percent=percent)
    if action == "roll-back":
        return publishing.roll_back(text_field(body, "to", cap=64, required=True), by=by)
    if action in ("promote", "stop"):
        return publishing.decide(action, by=by)
    raise ValueError("action is publish, roll-back, promote or stop")


def _publishing() -> PublishingView:
    publishing = web().deps.publishing
    if publishing is None:
        raise Problem(503, "not-ready")
    return publishing
