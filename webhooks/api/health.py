"""Is it alive, is it ready, how does it do.

GET /healthz -> {"ok": true}     GET /readyz -> 200 or 503 {"ready", "checks": {"store": true, ...}}
GET /metrics -> Prometheus text, for admins and for monitors on this machine
"""

from __future__ import annotations

from flask import Blueprint, Response, jsonify
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from eslapp.log import get_log
from eslapp.store import events

from ..guard import Role, allow
from ..web import Web, web

blueprint = Blueprint("health", __name__)
log = get_log("webhooks.health")


@blueprint.get("/healthz")
@allow(Role.PUBLIC)
def alive() -> Response:
    return jsonify({"ok": True})


@blueprint.get("/readyz")
@allow(Role.PUBLIC)
def ready() -> Response:
    checks = {"store": _store_answers(web()), **{name: _holds(name) for name in web().deps.checks}}
    response = jsonify({"ready": all(checks.values()), "checks": checks})
    response.status_code = 200 if all(checks.values()) else 503
    return response


@blueprint.get("/metrics")
@allow(Role.OPERATOR)
def metrics() -> Response:
    return Response(generate_latest(web().deps.metrics), content_type=CONTENT_TYPE_LATEST)


def _store_answers(parts: Web) -> bool:
    try:
        parts.deps.store.read(events.last_sequence)
    except Exception as error:  # a check must never fail itself
        log.warning("store-not-ready", reason=str(error))
        return False
    return True


def _holds(name: str) -> bool:
    try:
        return bool(web().deps.checks[name]())
    except Exception as error:
        log.warning("check-failed", check=name, reason=str(error))
        return False
