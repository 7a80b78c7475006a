"""What a visitor may see: their messages, and where their matter stands.

Owns: the public shapes (no ids of agents, contacts or interactions). Not here: the workbench's (``webhooks.shapes``).
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from eslapp.core.model import Interaction, InteractionState
from eslapp.store import Tx, messages
from eslapp.store.messages import Message

from .. import file_answers, shapes, thread_shapes
from ..board import Snapshot
from ..channels import webchat
from ..deps import Deps
from ..ports import SiteView
from .visitors import Visitor

PAGE = 200
STATES = {
    InteractionState.IN_FLOW: "bot",
    InteractionState.QUEUED: "queued",
    InteractionState.OFFERED: "queued",
    InteractionState.CONNECTING: "connecting",
    InteractionState.CONNECTED: "talking",
    InteractionState.WRAP_UP: "over",
    InteractionState.CLOSED: "over",
}


def shown(tx: Tx, found: Iterable[Message], deps: Deps) -> list[dict[str, Any]]:
    """Messages with their files as their visitor sees them; ``url`` is a link of its own, pictures carry no token."""
    return [{**message_shape(one, deps.site), "files": _files(tx, one, deps)} for one in found]


def _files(tx: Tx, message: Message, deps: Deps) -> list[dict[str, Any]]:
    shapes = []
    for one in thread_shapes.attachments(tx, message):
        if one["media"]:
            kept = {key: one.get(key, "") for key in ("kind", "name", "state", "content_type", "bytes")}
            url = f"/files/{file_answers.token(deps, one['media'])}" if one["state"] == "ready" else ""
            shapes.append({**kept, "url": url})
    return shapes


def message_shape(message: Message, site: SiteView) -> dict[str, Any]:
    """One message as its visitor sees it. ``from``: you, assistant (the flow), system, agent."""
    sender = {"contact": "you", "flow": "assistant", "system": "system"}.get(message.author, "agent")
    return {
        "seq": message.number,
        "from": sender,
        "name": shapes.agent_name(site, message.author) if sender == "agent" else "",
        "text": message.text,
        "options": [list(option) for option in message.options],
        "client_id": message.client_id if sender == "you" else "",
        "is_read": message.state == "read",
        "at": message.created_at,
    }


def after(tx: Tx, visitor: Visitor, sequence: int) -> list[Message]:
    """The next page of everything written with this visitor."""
    return messages.of_address(
        tx,
        contact=visitor.contact,
        channel=webchat.TYPE,
        account=visitor.account,
        address=visitor.address,
        after=sequence,
        limit=PAGE,
    )


def matter_of(snapshot: Snapshot, conversation: str) -> Interaction | None:
    """The open interaction of a conversation, the newest where there were several."""
    return snapshot.by_leg.get(conversation) if conversation else None


def status(
    snapshot: Snapshot, conversation: str, has_history: bool, site: SiteView, contact: str = ""
) -> dict[str, Any]:
    """``{"state": idle|bot|queued|connecting|talking|over, "position", "waiting", "agent", "callback"}``."""
    matter, promised = matter_of(snapshot, conversation), snapshot.callbacks.get(contact)
    shape: dict[str, Any] = {"callback": promised.address} if promised is not None else {}
    if matter is None:
        return shape | {"state": "over" if has_history else "idle"}
    shape |= {"state": STATES[matter.state]}
    if shape["state"] == "queued":
        shape["position"], shape["waiting"] = snapshot.place(matter)
    if shape["state"] in ("connecting", "talking"):
        shape["agent"] = shapes.agent_name(site, matter.agent)
    return shape
