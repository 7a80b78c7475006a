"""A visitor asks to be called: who stands in line keeps their place, the telephone takes over from the chat.

POST /chat/callback {"number"} -> {"number"}
     409: "no-callback" (the channel offers none), "no-chat" (nothing has begun), "talking" (an agent is there: say it
     to them), "promised-already", and why the number is not called

Owns: who may ask, and how often: telephones of strangers are not to be rung by a web page. A number waits for one call
at a time; only numbers of the site's ``trunk: allow`` are taken. Not here: number and code (``visitors.call_code``),
the promise (``core.decisions.callbacks``), keeping it (``services.callbacks``).
"""

from __future__ import annotations

import hashlib

from flask import Blueprint, Response, jsonify, request

from eslapp.core.callbacks import CHANNEL, is_pending
from eslapp.core.commands import RequestCallback
from eslapp.core.model import Interaction, InteractionState

from ..board import IN_LINE, Snapshot
from ..guard import Role, allow
from ..outside import number_to_dial
from ..replies import Problem
from ..requests import json_object, text_field
from ..web import Web, web
from . import before, thread
from .visitors import Visitor, of_request, open_conversation

blueprint = Blueprint("chat-callback", __name__)


@blueprint.post("/chat/callback")
@allow(Role.PUBLIC)
def ask() -> Response:
    parts = web()
    visitor = of_request(parts.deps)
    written = text_field(json_object(parts.deps.settings.body_cap), "number", cap=40, required=True)
    queue = before.callback_queue(parts, visitor.account)
    if not queue:
        raise Problem(409, "no-callback")
    if not all(parts.throttles["callbacks"].take(key) for key in (visitor.address, request.remote_addr)):
        raise Problem(429, "too-fast")
    number = number_to_dial(written)
    snapshot = parts.board.snapshot()
    matter = _matter(parts, visitor, snapshot)
    if _is_promised(snapshot, visitor.contact, number):
        raise Problem(409, "promised-already")
    parts.ask(
        RequestCallback(
            at=parts.deps.clock(),
            interaction=hashlib.sha256(f"{matter.id}|visitor|{number}".encode()).hexdigest()[:32],
            parent=matter.id,
            address=number,
            queue="" if matter.state in IN_LINE else queue,
        )
    )
    return jsonify({"number": number})


def _matter(parts: Web, visitor: Visitor, snapshot: Snapshot) -> Interaction:
    """What the call goes on from."""
    conversation = parts.deps.store.read(lambda tx: open_conversation(tx, visitor))
    matter = thread.matter_of(snapshot, conversation.id) if conversation else None
    if matter is None:
        raise Problem(409, "no-chat")
    if matter.state not in (*IN_LINE, InteractionState.IN_FLOW):
        raise Problem(409, "talking")
    return matter


def _is_promised(snapshot: Snapshot, contact: str, number: str) -> bool:
    waiting = [one for one in snapshot.interactions.values() if one.channel == CHANNEL and is_pending(one)]
    return any(one.contact == contact or one.address == number for one in waiting)
