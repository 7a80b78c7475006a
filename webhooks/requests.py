"""Reads what a request says: a small JSON object of clean text, or a clear refusal.

Owns: content type, size, depth and character rules of request bodies. Not here: roles (``guard``).

>>> clean("a\\x00b\\r\\nc")
'ab\\nc'
"""

from __future__ import annotations

import json
import unicodedata
from typing import Any

import gevent
from flask import g, request
from werkzeug.exceptions import RequestEntityTooLarge

from .replies import Problem

BODY_S = 10.0  # a body slower than this is refused
FIELDS = 20


def raw_body(cap: int, within_s: float | None = None) -> bytes:
    """The body, read under a cap and a deadline; 413 or 408 otherwise."""
    if (request.content_length or 0) > cap:
        raise Problem(413, "too-large")
    try:
        with gevent.Timeout(within_s or BODY_S, Problem(408, "bad-request")):
            body = request.stream.read(cap + 1)
    except RequestEntityTooLarge:
        raise Problem(413, "too-large") from None
    if len(body) > cap:
        raise Problem(413, "too-large")
    return body


def json_object(cap: int) -> dict[str, Any]:
    """The body as a JSON object. Only ``application/json`` in UTF-8; arrays, deep or doubtful bodies are refused."""
    if request.mimetype != "application/json":
        raise Problem(415, "not-json")
    if "json_object" not in g:
        g.json_object = parsed_object(raw_body(cap))
    known: dict[str, Any] = g.json_object
    return known


def parsed_object(body: bytes) -> dict[str, Any]:
    """``body`` as one JSON object; 400 otherwise, however deep or broken it is."""
    try:
        parsed = json.loads(body.decode("utf-8")) if body else {}
    except (ValueError, RecursionError):
        raise Problem(400, "bad-request") from None
    if not isinstance(parsed, dict) or len(parsed) > FIELDS:
        raise Problem(400, "bad-request")
    return parsed


def text_field(body: dict[str, Any], name: str, *, cap: int, required: bool = False) -> str:
    """The string ``name`` of ``body``, cleaned; 400 where it is missing, not text or longer than ``cap``."""
    value = body.get(name, "")
    if value is None:
        value = ""
    if not isinstance(value, str):
        raise Problem(400, "bad-request", f"{name}: must be a string")
    text = clean(value)
    if len(text) > cap:
        raise Problem(400, "too-long", f"{name}: at most {cap} characters")
    if required and not text.strip():
        raise Problem(400, "bad-request", f"{name}: must not be empty")
    return text


def flag_field(body: dict[str, Any], name: str) -> bool:
    """The yes or no ``name`` of ``body``, False where it is missing; 400 where it is neither."""
    value = body.get(name, False)
    if not isinstance(value, bool):
        raise Problem(400, "bad-request", f"{name}: true or false")
    return value


def clean(text: str) -> str:
    """Text that can be stored and shown: no control characters but newline and tab, no lone surrogates.

    Direction overrides (U+202A..E, U+2066..9) are dropped: they would let a text rearrange its neighbours.
    """
    unified = text.replace("\r\n", "\n").replace("\r", "\n")
    return "".join(character for character in unified if _is_kept(character))


def _is_kept(character: str) -> bool:
    if character in "\n\t":
        return True
    if "\u202a" <= character <= "\u202e" or "\u2066" <= character <= "\u2069":
        return False
    return unicodedata.category(character) not in ("Cc", "Cs")
