"""Signing in and out, and who I am.

POST /api/login {"login": "1001", "password": "..."} -> {"agent", "name", "role", "csrf", "expires_at"} + cookie
POST /api/logout -> {}        GET /api/me -> the same as login
"""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, jsonify, request

from .. import shapes
from ..guard import Role, allow
from ..replies import Problem
from ..requests import json_object, text_field
from ..rights import me
from ..sessions import SignedIn
from ..web import Web, web

blueprint = Blueprint("login", __name__)


@blueprint.post("/api/login")
@allow(Role.PUBLIC, "login", "password")
def sign_in() -> Response:
    parts = web()
    body = json_object(parts.deps.settings.body_cap)
    login = text_field(body, "login", cap=64, required=True).strip()
    password = text_field(body, "password", cap=256, required=True)
    _throttle(parts, login)
    role = parts.accounts.check(login, password)
    if role is None:
        raise Problem(401, "wrong-password")
    parts.throttles["login"].forget((login, request.remote_addr))
    signed_in = parts.sessions.begin(login, role.name.lower(), request.cookies.get(parts.sessions.cookie, ""))
    response = jsonify(_me(parts, signed_in))
    parts.sessions.set_cookie(response, signed_in)
    return response


@blueprint.post("/api/logout")
@allow(Role.AGENT)
def sign_out() -> Response:
    web().sessions.end(me().token)
    response = jsonify({})
    web().sessions.clear_cookie(response)
    return response


@blueprint.get("/api/me")
@allow(Role.AGENT)
def who_am_i() -> Response:
    return jsonify(_me(web(), me()))


def _throttle(parts: Web, login: str) -> None:
    """A try is counted before its password is looked at; the account's own door is wider than one address's."""
    keys = (("login", (login, request.remote_addr)), ("account", login), ("address", request.remote_addr))
    if not all(parts.throttles[name].is_open(key) for name, key in keys):
        raise Problem(429, "too-many-tries")
    for name, key in keys:
        parts.throttles[name].note(key)


def _me(parts: Web, signed_in: SignedIn) -> dict[str, Any]:
    is_agent = signed_in.login in parts.deps.site.agents
    return {
        "agent": signed_in.login if is_agent else "",
        "name": shapes.agent_name(parts.deps.site, signed_in.login),
        "role": signed_in.role,
        "csrf": signed_in.csrf,
        "expires_at": signed_in.expires_at,
        "site": shapes.site_names(parts.deps.site),
        "phone": is_agent and bool(parts.deps.settings.phone_url),
    }
