"""What the browser needs to be the signed-in agent's telephone.

GET /api/phone -> {"url": "ws://127.0.0.1:5066", "user": "1001", "domain": "127.0.0.1", "ha1": "..."}

``ha1`` is MD5(user:domain:password), which answers the switch's digest challenges; the password itself stays here.
"""

from __future__ import annotations

import hashlib

from flask import Blueprint, Response, jsonify

from ..guard import Role, allow
from ..replies import Problem
from ..rights import my_agent
from ..web import web

blueprint = Blueprint("phone", __name__)


@blueprint.get("/api/phone")
@allow(Role.AGENT)
def show() -> Response:
    """One's own extension only."""
    deps, user = web().deps, my_agent()
    password = deps.secrets.agents.get(user, {}).get("sip_password", "")
    settings = deps.settings
    if not settings.phone_url or not password:
        raise Problem(409, "no-browser-phone")
    a1 = f"{user}:{settings.sip_domain}:{password}"
    ha1 = hashlib.md5(a1.encode(), usedforsecurity=False).hexdigest()
    return jsonify({"url": settings.phone_url, "user": user, "domain": settings.sip_domain, "ha1": ha1})
