"""The chat page's endpoints. All but the page and the session need ``Authorization: Bearer <token>``.

GET  /chat/before?channel=NAME -> {"form", "is_open", "closed", "phone"}: what the page shows before the first word
POST /chat/session {"language", "name", "channel", "user_id", "user_hash", "pass"} -> {"token", "address"}
     (pass: of a link that was sent to the contact, good once; 403 "link-used")
POST /chat/call-code {} -> {"number", "code", "expires_at"}: to call and go on as this chat's contact
POST /chat/messages {"client_id", "text", "form"} -> {"accepted": true, "repeat": false}
POST /chat/typing {} -> {}      POST /chat/seen {"seq"} -> {}
GET  /chat/messages?after=SEQ -> {"messages", "status"}      GET /chat/events -> text/event-stream
POST /chat/end -> {}
"""

from __future__ import annotations

import re
from typing import Any

from flask import Blueprint, Response, jsonify, request

from eslapp.store import Tx, messages

from .. import inbox, push, read_marks
from ..channels import webchat
from ..feed import Typing
from ..guard import Role, allow
from ..replies import Problem
from ..requests import json_object, text_field
from ..web import web
from . import before, stream, thread, visitors
from .visitors import account_of, begin, of_request, open_conversation

blueprint = Blueprint("chat", __name__)
CLIENT_ID = re.compile(r"[A-Za-z0-9_.-]{6,64}")


@blueprint.post("/chat/session")
@allow(Role.PUBLIC)
def new_session() -> Response:
    parts = web()
    body = json_object(parts.deps.settings.body_cap)
    language = text_field(body, "language", cap=10)
    name = " ".join(text_field(body, "name", cap=80).split())
    account = account_of(parts.deps, text_field(body, "channel", cap=60))
    member = before.member(parts, account, body)
    if not parts.throttles["chat-sessions"].take(request.remote_addr):
        raise Problem(429, "too-many-tries")
    given = text_field(body, "pass", cap=64)
    about = {"language": _known(language), "name": name, "member": member, "given": given}
    visitor = begin(parts.deps, account=account, **about)
    return jsonify({"token": visitor.token, "address": visitor.address, "language": visitor.language})


@blueprint.post("/chat/messages")
@allow(Role.PUBLIC)
def write() -> Response:
    parts = web()
    visitor = of_request(parts.deps)
    body = json_object(parts.deps.settings.body_cap)
    text = text_field(body, "text", cap=parts.deps.settings.text_cap, required=True)
    client_id = text_field(body, "client_id", cap=64, required=True)
    if not CLIENT_ID.fullmatch(client_id):
        raise Problem(400, "bad-request", "client_id: 6 to 64 letters, digits, '-', '_' or '.'")
    if not parts.throttles["chat-messages"].take(visitor.address):
        raise Problem(429, "too-fast")
    language = _known(request.headers.get("X-Language", "") or visitor.language)
    form = before.answers(parts, visitor.account, body.get("form"))
    delivery = webchat.text_delivery(
        address=visitor.address, client_id=client_id, text=text, language=language, form=form
    )
    (is_new,) = inbox.accept(parts.deps, channel=webchat.TYPE, account=visitor.account, deliveries=[delivery])
    return jsonify({"accepted": True, "repeat": not is_new})


@blueprint.get("/chat/messages")
@allow(Role.PUBLIC)
def read() -> Response:
    parts = web()
    visitor = of_request(parts.deps)
    after = max(0, request.args.get("after", 0, type=int))

    def work(tx: Tx) -> tuple[str, list[Any]]:
        conversation = open_conversation(tx, visitor)
        shapes = thread.shown(tx, thread.after(tx, visitor, after), parts.deps)
        return conversation.id if conversation else "", shapes

    conversation, found = parts.deps.store.read(work)
    has_history = bool(found) or after > 0
    status = thread.status(parts.board.snapshot(), conversation, has_history, parts.deps.site, visitor.contact)
    return jsonify({"messages": found, "status": status})


@blueprint.get("/chat/events")
@allow(Role.PUBLIC)
def follow() -> Response:
    parts = web()
    return push.stream(
        parts, stream.frames(parts, of_request(parts.deps), push.last_event_id(), push.line_of_request())
    )


@blueprint.post("/chat/end")
@allow(Role.PUBLIC)
def end() -> Response:
    """Goes the way of messages, so that it comes after those written before."""
    parts = web()
    visitor = of_request(parts.deps)
    json_object(parts.deps.settings.body_cap)
    conversation = parts.deps.store.read(lambda tx: open_conversation(tx, visitor))
    matter = thread.matter_of(parts.board.snapshot(), conversation.id) if conversation else None
    if matter is not None:
        delivery = webchat.end_delivery(address=visitor.address, interaction=matter.id)
        inbox.accept(parts.deps, channel=webchat.TYPE, account=visitor.account, deliveries=[delivery])
    return jsonify({})


@blueprint.post("/chat/call-code")
@allow(Role.PUBLIC)
def call_code() -> Response:
    """Six digits for the telephone: whoever keys them in is this visitor, once, within ten minutes."""
    parts = web()
    visitor = of_request(parts.deps)
    json_object(parts.deps.settings.body_cap)
    number = before.options(parts, visitor.account).phone
    if not number:
        raise Problem(409, "no-number")
    if not parts.throttles["call-codes"].take(visitor.address):
        raise Problem(429, "too-fast")
    code, expires_at = visitors.call_code(parts.deps, visitor)
    return jsonify({"number": number, "code": code, "expires_at": expires_at})


@blueprint.get("/chat/before")
@allow(Role.PUBLIC)
def before_it() -> Response:
    parts = web()
    return jsonify(before.shape(parts, account_of(parts.deps, request.args.get("channel", "")[:60])))


@blueprint.post("/chat/typing")
@allow(Role.PUBLIC)
def typing() -> Response:
    parts = web()
    visitor = of_request(parts.deps)
    if not parts.throttles["chat-signals"].take(visitor.address):
        raise Problem(429, "too-fast")
    json_object(parts.deps.settings.body_cap)
    conversation = parts.deps.store.read(lambda tx: open_conversation(tx, visitor))
    matter = thread.matter_of(parts.board.snapshot(), conversation.id) if conversation else None
    if matter is not None:
        parts.feed.whisper(Typing(matter.id, "contact"))
    return jsonify({})


@blueprint.post("/chat/seen")
@allow(Role.PUBLIC)
def seen() -> Response:
    parts = web()
    visitor = of_request(parts.deps)
    if not parts.throttles["chat-signals"].take(visitor.address):
        raise Problem(429, "too-fast")
    number, now = json_object(parts.deps.settings.body_cap).get("seq"), parts.deps.clock()

    def work(tx: Tx) -> None:
        conversation = open_conversation(tx, visitor)
        found = messages.of_conversation(tx, conversation.id, limit=1000) if conversation else []
        read_marks.visitor_saw(tx, found, number, now)

    if isinstance(number, int):
        parts.deps.store.write(work)
    return jsonify({})


def _known(language: str) -> str:
    """A language of the site; "" where the asked one is not spoken there: the flow asks or takes the first."""
    asked = language.lower().split("-")[0]
    return next((name for name in web().deps.site.languages if name.lower().split("-")[0] == asked), "")
