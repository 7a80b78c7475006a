"""Kept files as answers: shown or played in place only where their bytes say that this is safe, downloaded otherwise.

Owns: the headers of such an answer, links to one file that need no session, what an upload may be.
Not here: who may see which file (``api.media``, ``chat``), keeping the bytes (``media_worker.keep``).
"""

from __future__ import annotations

import base64
import hmac
from collections.abc import Callable
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

from flask import Response, request, send_file

from eslapp.store.media import Media

from .deps import Deps
from .media_worker import keep
from .replies import Problem
from .requests import clean, raw_body
from .sniffing import PLAYED, SHOWN, sniff

FILE_CAP = 10 * 1024 * 1024  # bytes of one upload
UPLOAD_S = 90.0  # a telephone in a lift
LINK_S = 7 * 24 * 3600.0
NAME_CAP = 120
AS_SENT = "-as-sent"
ALONE = "default-src 'none'; img-src 'self'; media-src 'self'; style-src 'unsafe-inline'; sandbox"


def answer(deps: Deps, one: Media | None) -> Response:
    """The file, in parts where a player asks for parts; 404 while it is not there."""
    path = _inside(deps.media, one.path) if one is not None and one.state == "ready" else None
    if one is None or path is None:
        raise Problem(404, "not-found")
    is_shown = one.content_type in SHOWN | PLAYED
    response = send_file(
        path,
        mimetype=one.content_type if is_shown else "application/octet-stream",
        as_attachment=not is_shown,
        download_name=safe_name(one.name) or one.id,
        conditional=True,
        max_age=0,
    )
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Content-Security-Policy"] = ALONE
    response.headers["Cache-Control"] = "private, no-cache"
    return response


def _inside(root: Path, stored: str) -> Path | None:
    """The file below ``root``; None for anything else, whatever the row says."""
    path = (root / stored).resolve()
    return path if stored and path.is_relative_to(root.resolve()) and path.is_file() else None


def safe_name(name: str) -> str:
    """A name to save it under: no folders, no control characters.

    >>> safe_name("../a\\\\b/c.txt"), safe_name("报价.pdf")
    ('c.txt', '报价.pdf')
    """
    last = clean(name).replace("\\", "/").rsplit("/", 1)[-1].replace("\n", " ").replace("\t", " ").strip(" .")
    return last[-NAME_CAP:]


def token(deps: Deps, media: str, *, lives_s: float = LINK_S) -> str:
    """A link's last part: names one file until an instant, proved by our own key."""
    until = format(int(deps.clock() + lives_s), "x")
    return f"{media}.{until}.{_seal(deps, media, until)}"


def media_of_token(deps: Deps, given: str) -> str:
    """The file a link names; 404 for a false or an old one."""
    media, _, rest = given.partition(".")
    until, _, seal = rest.partition(".")
    is_true = hmac.compare_digest(seal.encode("utf-8", "replace"), _seal(deps, media, until).encode())
    if not is_true or int(until, 16) < deps.clock():
        raise Problem(404, "not-found")
    return media


def _seal(deps: Deps, media: str, until: str) -> str:
    told = hmac.digest(deps.secrets.session_key.encode(), f"file|{media}|{until}".encode("utf-8", "replace"), sha256)
    return base64.urlsafe_b64encode(told).decode().rstrip("=")


def link(deps: Deps, one: Media, *, is_as_sent: bool = False) -> str:
    """An address where anybody who is given it finds the file for a week; ``is_as_sent``: as its channel took it."""
    if not deps.settings.public_url:
        raise Problem(409, "no-public-address")
    return f"{deps.settings.public_url.rstrip('/')}/files/{token(deps, one.id + AS_SENT * is_as_sent)}"


def as_sent(one: Media) -> Media:
    """The file that was made of it for its channel, kept beside it."""
    return replace(one, path=f"{one.id[:2]}/{one.id}{AS_SENT}")


def linked(deps: Deps, found: Callable[[str], Media | None], given: str) -> Media | None:
    """The file that a link's last part names; 404 for a false or an old one."""
    named = media_of_token(deps, given)
    one = found(named.removesuffix(AS_SENT))
    if one is None or not named.endswith(AS_SENT):
        return one
    made = as_sent(one)
    path = _inside(deps.media, made.path)
    return replace(made, content_type=sniff(path.read_bytes(), "")) if path is not None else None


def upload(deps: Deps, cap: int = FILE_CAP) -> tuple[bytes, Media]:
    """The request's raw body and its row to be, ready but for its message and path; 400 for nothing, 413 for too much.

    What it is its bytes say, not its sender.
    """
    if request.headers.get("Content-Encoding", "identity").lower() != "identity":
        raise Problem(415, "bad-request", "Content-Encoding: none is taken")
    request.max_content_length = cap
    content = raw_body(cap, UPLOAD_S)
    if not content:
        raise Problem(400, "empty-file")
    content_type = sniff(content, request.mimetype)
    kind = kind_of(content_type)
    file = Media(
        id=deps.ids(),
        message="",
        channel="",
        account="",
        direction="out",
        kind=kind,
        name=safe_name(request.args.get("name", "")) or kind,
        content_type=content_type,
        bytes=len(content),
        state="ready",
        added_at=deps.clock(),
        settled_at=deps.clock(),
    )
    return content, file


def kind_of(content_type: str) -> str:
    """The kind of an attachment of this type.

    >>> kind_of("image/png"), kind_of("audio/amr"), kind_of("application/pdf")
    ('image', 'audio', 'file')
    """
    if content_type in SHOWN or content_type == "image/heic":
        return "image"
    first = content_type.partition("/")[0]
    return first if first in ("audio", "video") else "file"


def kept(deps: Deps, media: str, content: bytes) -> str:
    """Write it into the media folder; where."""
    return keep(deps.media, media, content)
