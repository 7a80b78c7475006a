"""A visitor calls from the page itself: they get a pass to bring along, and where the switch is.

POST /chat/call {} -> {"url": "wss://desk.example.com/sip", "domain", "number": "1000", "pass", "expires_at"}
     409: "no-web-call" (the channel or the site offers none), "calling-already" (one call at a time); 429

A visitor has no account at the switch: the pass, in the INVITE, says whose call it is. It is bound to the visitor's
contact and chat and to the one number of the channel, good for one call, within a minute. Not here: taking it
(``eslapp.services.arriving``), the page's telephone (``call.js``).
"""

from __future__ import annotations

from flask import Blueprint, Response, jsonify, request

from eslapp import call_pass
from eslapp.core.live_calls import is_live_call

from ..board import Snapshot
from ..guard import Role, allow
from ..replies import Problem
from ..requests import json_object
from ..web import Web, web
from . import before, thread
from .visitors import Visitor, of_request, open_conversation

blueprint = Blueprint("chat-call", __name__)
PASS_S = 60.0  # the microphone is open already when it is asked for


@blueprint.post("/chat/call")
@allow(Role.PUBLIC)
def begin() -> Response:
    parts = web()
    visitor = of_request(parts.deps)
    json_object(parts.deps.settings.body_cap)
    number = before.call_number(parts, visitor.account)
    if not number:
        raise Problem(409, "no-web-call")
    if not all(parts.throttles["web-calls"].take(key) for key in (visitor.address, request.remote_addr)):
        raise Problem(429, "too-many-tries")
    snapshot = parts.board.snapshot()
    if any(one.contact == visitor.contact and is_live_call(one) for one in snapshot.interactions.values()):
        raise Problem(409, "calling-already")
    until = parts.deps.clock() + PASS_S
    where = {"url": parts.deps.settings.phone_url, "domain": parts.deps.settings.sip_domain, "number": number}
    facts = {
        "purpose": call_pass.CALL,
        "contact": visitor.contact,
        "parent": _matter(parts, visitor, snapshot),
        call_pass.DIALLED: number,
        call_pass.ONCE: parts.deps.ids(),
    }
    sealed = call_pass.seal(parts.deps.secrets.session_key, facts, until=until)
    return jsonify({**where, "pass": sealed, "expires_at": until})


def _matter(parts: Web, visitor: Visitor, snapshot: Snapshot) -> str:
    """What the call goes on from: the interaction of the open chat."""
    conversation = parts.deps.store.read(lambda tx: open_conversation(tx, visitor))
    if conversation is None:
        return ""
    matter = thread.matter_of(snapshot, conversation.id)
    return matter.id if matter is not None else conversation.interaction
