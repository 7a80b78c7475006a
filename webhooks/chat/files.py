"""A visitor's files.

POST /chat/files?name=a.png&client_id=m-000001, raw body, Authorization: Bearer -> {"accepted": true, "repeat": false}

Owns: the upload and its resting place. What comes of it is a message like any other: the inbox, then the media worker,
which takes the bytes over. Not here: showing files (``api.media``), what they are (``file_answers``).
"""

from __future__ import annotations

import time
from contextlib import suppress
from pathlib import Path

from flask import Blueprint, Response, jsonify, request

from .. import file_answers, inbox
from ..channels import webchat
from ..guard import Role, allow
from ..media_worker import keep
from ..replies import Problem
from ..web import web
from .routes import CLIENT_ID
from .visitors import of_request

blueprint = Blueprint("chat-files", __name__)
UPLOADS = "uploads"  # below the media folder
KEPT_S = 24 * 3600.0  # longer than the media worker tries


@blueprint.post("/chat/files")
@allow(Role.PUBLIC)
def upload() -> Response:
    parts = web()
    visitor = of_request(parts.deps)
    client_id = request.args.get("client_id", "")
    if not CLIENT_ID.fullmatch(client_id):
        raise Problem(400, "bad-request", "client_id: 6 to 64 letters, digits, '-', '_' or '.'")
    if not parts.throttles["chat-files"].take(visitor.address):
        raise Problem(429, "too-fast")
    content, file = file_answers.upload(parts.deps)
    folder = parts.deps.media / UPLOADS
    _forget_old(folder)
    keep(folder, file.id, content)
    told = {"kind": file.kind, "ref": file.id, "name": file.name, "content_type": file.content_type}
    delivery = webchat.text_delivery(
        address=visitor.address, client_id=client_id, text="", language=visitor.language, file=told
    )
    (is_new,) = inbox.accept(parts.deps, channel=webchat.TYPE, account=visitor.account, deliveries=[delivery])
    return jsonify({"accepted": True, "repeat": not is_new})


def _forget_old(folder: Path) -> None:
    """What the media worker has taken over long ago."""
    for path in folder.glob("*/*"):
        with suppress(OSError):
            if path.stat().st_mtime < time.time() - KEPT_S:
                path.unlink()
