"""The recorded sound of an interaction.

GET /api/interactions/<id>/recording.wav?part=1 -> audio/wav, with Range
"""

from __future__ import annotations

from pathlib import Path

from flask import Blueprint, Response, request, send_file

from eslapp.core.model import Interaction
from eslapp.store import Tx, recordings
from eslapp.store.recordings import Recording

from ..guard import Role, allow
from ..replies import Problem
from ..rights import read_visible
from ..web import web

blueprint = Blueprint("recordings", __name__)


@blueprint.get("/api/interactions/<interaction>/recording.wav")
@allow(Role.AGENT)
def download(interaction: str) -> Response:
    part = request.args.get("part", 1, type=int)

    def work(tx: Tx, one: Interaction) -> list[Recording]:
        return [found for found in recordings.of_interaction(tx, one.id) if found.part == part]

    found = read_visible(interaction, work)
    path = _inside(web().deps.recordings, found[0].path) if found else None
    if path is None:
        raise Problem(404, "not-found")
    response = send_file(path, mimetype="audio/wav", conditional=True, etag=True, max_age=0)
    response.headers["Content-Disposition"] = f'inline; filename="{found[0].id}.wav"'
    return response


def _inside(root: Path, stored: str) -> Path | None:
    """The file below ``root``; None for anything else, whatever the row says."""
    path = (root / stored).resolve()
    return path if path.is_relative_to(root.resolve()) and path.is_file() else None
