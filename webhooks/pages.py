"""The two pages and their files: the workbench at ``/``, the chat at ``/chat``.

Owns: serving files of ``workbench/`` and ``chat/``, the frame rule of the chat page. Not here: the API.
"""

from __future__ import annotations

import re
from pathlib import Path

from flask import Blueprint, Response, render_template_string, send_from_directory

from .channels import webchat
from .deps import Deps
from .guard import Role, allow
from .replies import Problem
from .shapes import site_names
from .web import web

blueprint = Blueprint("pages", __name__)
HERE = Path(__file__).parent
ORIGIN = re.compile(r"https?://(\*\.)?[A-Za-z0-9.-]+(:[0-9*]{1,5})?")  # as a content security policy writes it
SERVED = frozenset({".js", ".css", ".svg", ".png"})


@blueprint.get("/")
@allow(Role.PUBLIC)
def workbench() -> Response:
    return _page("workbench/index.html")


@blueprint.get("/chat")
@allow(Role.PUBLIC)
def chat() -> Response:
    board = web().board
    names = {f"name_{language}": name for language, name in site_names(web().deps.site).items()}
    response = _page("chat/index.html", people="here" if board.is_staffed(board.snapshot()) else "away", **names)
    response.headers["X-Embed-Origins"] = " ".join(("'self'", *embedders(web().deps)))
    response.headers["Cross-Origin-Opener-Policy"] = "unsafe-none"
    return response


@blueprint.get("/workbench/<path:name>")
@allow(Role.PUBLIC)
def workbench_file(name: str) -> Response:
    return _file("workbench", name)


@blueprint.get("/chat/<path:name>")
@allow(Role.PUBLIC)
def chat_file(name: str) -> Response:
    return _file("chat", name)


def embedders(deps: Deps) -> list[str]:
    """Who may frame the chat page: the settings' origins and those under ``embed:`` of the site's web chat channels."""
    named = [*deps.settings.embed_origins]
    for channel in deps.site.channels.values():
        if channel.type == webchat.TYPE:
            listed = channel.options.get("embed", [])
            named += [listed] if isinstance(listed, str) else listed
    return [str(origin) for origin in named if ORIGIN.fullmatch(str(origin))]


def _page(path: str, **words: str) -> Response:
    """A page's only variable parts are ``words``, escaped."""
    html = render_template_string((HERE / path).read_text(encoding="utf-8"), **words)
    return Response(html, mimetype="text/html", headers={"Cache-Control": "no-store"})


def _file(folder: str, name: str) -> Response:
    if Path(name).suffix not in SERVED:
        raise Problem(404, "not-found")
    response = send_from_directory(HERE / folder, name, conditional=True)
    response.headers["Cache-Control"] = "no-cache"  # asked again by ETag: an upgrade is seen at once
    if name == "widget.js":
        response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response
