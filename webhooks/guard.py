"""Who may ask for what: every route declares its role, every unsafe request proves that our page made it.

Owns: roles, the check before each request, CSRF token and Origin rules, the security headers of every answer.
Not here: sessions (``sessions``), object-level rights such as "whose conversation" (``rights``).

    @blueprint.get("/api/queues")
    @allow(Role.AGENT)
    def list_queues(): ...
"""

from __future__ import annotations

import hmac
from collections.abc import Callable
from difflib import get_close_matches
from enum import IntEnum
from typing import Any, TypeVar
from urllib.parse import urlsplit

from flask import Flask, Response, g, request

from .replies import Problem, caller_language
from .requests import json_object
from .web import web

UNSAFE = frozenset({"POST", "PUT", "PATCH", "DELETE"})
CSP = (
    "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'{phone}; "
    "media-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors {ancestors}"
)


class Role(IntEnum):
    """Each role may do what the lower ones may. OPERATOR: an admin, or a monitor on this machine."""

    PUBLIC = 0
    AGENT = 1
    SUPERVISOR = 2
    ADMIN = 3
    OPERATOR = 4

    @classmethod
    def named(cls, name: str) -> Role:
        """The role a session was given; unknown names are agents."""
        return {"supervisor": cls.SUPERVISOR, "admin": cls.ADMIN}.get(name, cls.AGENT)


View = TypeVar("View", bound=Callable[..., Any])


def allow(role: Role, *fields: str, raw: bool = False) -> Callable[[View], View]:
    """Declare the least role of a view, and what the JSON sent to it may say. ``create_app`` refuses views without it.

    ``raw``: the body is a file.
    """

    def mark(view: View) -> View:
        view.zj_role = role  # type: ignore[attr-defined]
        view.zj_fields = None if raw else fields  # type: ignore[attr-defined]
        return view

    return mark


def role_of(app: Flask, endpoint: str) -> Role | None:
    """The declared role of an endpoint."""
    return getattr(app.view_functions.get(endpoint), "zj_role", None)


def install(app: Flask) -> None:
    """Check every request, harden every answer. All routes must have been added before."""
    silent = [rule.rule for rule in app.url_map.iter_rules() if role_of(app, rule.endpoint) is None]
    if silent:
        raise RuntimeError(f"routes without a role: {', '.join(silent)}; mark their views with @allow(Role...)")
    app.before_request(_check)
    app.after_request(_harden)


def _check() -> None:
    if request.endpoint is None:
        return  # no such route: Flask answers 404 or 405
    least = role_of(web().app, request.endpoint) or Role.PUBLIC
    if request.method in UNSAFE:
        _check_origin()
    if least == Role.PUBLIC or (least == Role.OPERATOR and _is_local_monitor()):
        return
    signed_in = web().sessions.of(request)
    if signed_in is None:
        raise Problem(401, "signed-out")
    g.signed_in = signed_in
    if Role.named(signed_in.role) < min(least, Role.ADMIN):
        raise Problem(403, "forbidden")
    if request.method in UNSAFE and not _is_ours(signed_in.csrf):
        raise Problem(403, "csrf")
    _check_fields()


def _check_fields() -> None:
    """A misspelt field would be taken for one that was left out, and something else would be done than was meant."""
    fields = getattr(web().app.view_functions[str(request.endpoint)], "zj_fields", None)
    if fields is None or request.method not in UNSAFE or request.mimetype != "application/json":
        return
    for name in json_object(web().deps.settings.body_cap):
        if name not in fields:
            raise Problem(400, "unknown-field", _unknown(name, fields, caller_language()))


def _unknown(name: str, fields: tuple[str, ...], language: str) -> str:
    near = next(iter(get_close_matches(name, fields, n=1)), "")
    known = ", ".join(fields)
    if language == "zh":
        hint = f"您是不是想写 {near}？" if near else f"可用：{known}" if known else "此处不需要任何字段"
        return f"不认识的字段 {name[:60]!r}：{hint}"
    hint = f"did you mean {near!r}?" if near else f"there are: {known}" if known else "nothing is to be said here"
    return f"unknown field {name[:60]!r}: {hint}"


def _is_ours(csrf: str) -> bool:
    given = request.headers.get("X-CSRF-Token", "")
    return hmac.compare_digest(given.encode("utf-8", "replace"), csrf.encode())


def _check_origin() -> None:
    origin = request.headers.get("Origin")
    if request.headers.get("Sec-Fetch-Site", "same-origin") not in ("same-origin", "none"):
        raise Problem(403, "csrf")
    if origin is not None and origin != own_origin():
        raise Problem(403, "csrf")


def own_origin() -> str:
    """Scheme, host and port under which browsers reach us."""
    public = web().deps.settings.public_url
    parts = urlsplit(public or request.host_url)
    return f"{parts.scheme}://{parts.netloc}"


def _is_local_monitor() -> bool:
    """A scraper on this machine; a request that came through a proxy says so and is not one."""
    proxied = any(name in request.headers for name in ("Forwarded", "X-Forwarded-For", "X-Real-Ip", "Via"))
    return request.method == "GET" and request.remote_addr in ("127.0.0.1", "::1") and not proxied


def _phone_source() -> str:
    """The one address beside our own that the page connects to: the switch's WebSocket."""
    parts = urlsplit(web().deps.settings.phone_url)
    return f" {parts.scheme}://{parts.netloc}" if parts.netloc else ""


def _harden(response: Response) -> Response:
    ancestors = response.headers.pop("X-Embed-Origins", "") or "'none'"
    headers = response.headers
    headers.setdefault("Content-Security-Policy", CSP.format(ancestors=ancestors, phone=_phone_source()))
    headers.setdefault("X-Content-Type-Options", "nosniff")
    headers.setdefault("Referrer-Policy", "no-referrer")
    headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
    headers.setdefault("Permissions-Policy", "camera=(), geolocation=(), microphone=(self)")
    if ancestors == "'none'":
        headers.setdefault("X-Frame-Options", "DENY")
    if request.path.startswith("/api/") or request.path.startswith("/chat/"):
        headers.setdefault("Cache-Control", "no-store")
    if web().deps.settings.is_https:
        headers.setdefault("Strict-Transport-Security", "max-age=31536000")
    return response
