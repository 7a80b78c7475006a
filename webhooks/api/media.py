"""Files of messages.

GET  /api/media/<id> -> the bytes, with Range        POST /api/media/<id>/again -> {} (fetched once more)
GET  /files/<link> -> the bytes, for whoever was given the link
"""

from __future__ import annotations

from flask import Blueprint, Response, jsonify

from eslapp.core.events import MessageAdvanced
from eslapp.store import Tx, events, media, messages
from eslapp.store.media import Media

from .. import file_answers
from ..guard import Role, allow
from ..media_worker import MediaWorker
from ..replies import Problem
from ..rights import me, visible
from ..web import web

blueprint = Blueprint("media", __name__)


def _visible(media_id: str) -> Media:
    """The file, if the asking person may see its conversation; 404 otherwise."""
    parts, signed_in = web(), me()
    snapshot = parts.board.snapshot()

    def work(tx: Tx) -> Media | None:
        one = media.get(tx, media_id) if len(media_id) <= 100 else None
        message = messages.get(tx, one.message) if one else None
        if message is None or visible(tx, message.interaction, snapshot, signed_in) is None:
            return None
        return one if message.kind != "recalled" else None

    found = parts.deps.store.read(work)
    if found is None:
        raise Problem(404, "not-found")
    return found


@blueprint.get("/api/media/<media_id>")
@allow(Role.AGENT)
def show(media_id: str) -> Response:
    return file_answers.answer(web().deps, _visible(media_id))


@blueprint.post("/api/media/<media_id>/again")
@allow(Role.AGENT)
def again(media_id: str) -> Response:
    deps = web().deps
    found, now = _visible(media_id), deps.clock()

    def work(tx: Tx) -> None:
        message = messages.get(tx, found.message)
        if media.again(tx, found.id, at=now) and message is not None:
            told = {"interaction": message.interaction, "message": message.id, "state": message.state}
            events.append(tx, MessageAdvanced(at=now, **told))

    deps.store.write(work)
    web().wake(MediaWorker)
    return jsonify({})


@blueprint.get("/files/<link>")
@allow(Role.PUBLIC)
def by_link(link: str) -> Response:
    """For contacts whose channel shows no files, and for visitors' pages, whose pictures carry no token."""
    deps = web().deps
    if len(link) > 200 or link.count(".") != 2:
        raise Problem(404, "not-found")

    def found(media_id: str) -> Media | None:
        def work(tx: Tx) -> Media | None:
            one = media.get(tx, media_id)
            message = messages.get(tx, one.message) if one else None
            return one if message is not None and message.kind != "recalled" else None

        return deps.store.read(work)

    return file_answers.answer(deps, file_answers.linked(deps, found, link))
