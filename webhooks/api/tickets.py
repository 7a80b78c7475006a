"""Tickets: listed, shown, worked on.

GET  /api/tickets?state=unsolved&assignee=1001&contact=ID&interaction=ID&limit=50 -> {"now", "tickets": [...]}
GET  /api/tickets/<number> -> {"ticket": {..., "comments": [{"author", "text", "at"}]}}
POST /api/tickets/<number> {"state", "assignee", "comment"} -> the same (each may be absent)

An agent sees their own and those of the contacts they deal with now; supervisors and admins see all, and assign.
"""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, jsonify, request

from eslapp.core.events import TicketChanged
from eslapp.store import Tx, events, tickets
from eslapp.store.tickets import Ticket

from .. import shapes
from ..guard import Role, allow
from ..replies import Problem
from ..requests import json_object, text_field
from ..rights import me, my_contacts, sees_everything
from ..web import web

blueprint = Blueprint("tickets", __name__)
LIMIT = 200
ASKED_STATES = ("", "unsolved", *tickets.STATES)


@blueprint.get("/api/tickets")
@allow(Role.AGENT)
def list_tickets() -> Response:
    parts, asked = web(), _asked()
    limit = max(1, min(request.args.get("limit", 50, type=int), LIMIT))
    found = parts.deps.store.read(lambda tx: tickets.listing(tx, **asked, limit=limit))
    visible = [one for one in found if may_see(one)]
    shown = [shapes.ticket_shape(one, parts.deps.site) for one in visible]
    return jsonify({"now": parts.deps.clock(), "tickets": shown})


def _asked() -> dict[str, str]:
    names = ("state", "assignee", "contact", "interaction")
    asked = {name: request.args.get(name, "")[:100] for name in names}
    if asked["state"] not in ASKED_STATES:
        raise Problem(400, "bad-request", f"state: one of {', '.join(ASKED_STATES[1:])}")
    if not (sees_everything(me()) or asked["contact"] or asked["interaction"]):
        asked["assignee"] = me().login
    return asked


def may_see(ticket: Ticket) -> bool:
    """One's own, or of somebody one deals with now."""
    if sees_everything(me()) or ticket.assignee == me().login:
        return True
    return ticket.contact in my_contacts(web().board.snapshot(), me().login)


@blueprint.get("/api/tickets/<number>")
@allow(Role.AGENT)
def show(number: str) -> Response:
    return jsonify({"ticket": _told(_found(number))})


@blueprint.post("/api/tickets/<number>")
@allow(Role.AGENT, "state", "comment", "assignee")
def work_on(number: str) -> Response:
    parts = web()
    body = json_object(parts.deps.settings.body_cap)
    state = text_field(body, "state", cap=20)
    comment = text_field(body, "comment", cap=10_000)
    assignee = text_field(body, "assignee", cap=40) if "assignee" in body else None
    before = _found(number)
    ticket = before.number
    _must_be_possible(state, assignee)
    now, by = parts.deps.clock(), me().login

    def work(tx: Tx) -> None:
        tickets.change(tx, ticket, at=now, state=state, assignee=assignee)
        if comment.strip():
            tickets.comment(tx, ticket, author=by, text=comment, at=now)
        after = tickets.get(tx, ticket)
        assert after is not None
        changed = TicketChanged(
            at=now, interaction=before.interaction, ticket=ticket, by=by, state=after.state, assignee=after.assignee
        )
        events.append(tx, changed)

    parts.deps.store.write(work)
    return jsonify({"ticket": _told(_found(number, is_seen=True))})


def _must_be_possible(state: str, assignee: str | None) -> None:
    if state not in ("", *tickets.STATES):
        raise Problem(400, "bad-request", f"state: one of {', '.join(tickets.STATES)}")
    if assignee is None:
        return
    if assignee not in ("", *web().deps.site.agents):
        raise Problem(400, "bad-request", "assignee: no such agent")
    if not sees_everything(me()) and assignee != me().login:
        raise Problem(403, "forbidden")


def _found(number: str, *, is_seen: bool = False) -> Ticket:
    is_number = number.isascii() and number.isdigit() and len(number) <= 12
    ticket = web().deps.store.read(lambda tx: tickets.get(tx, int(number))) if is_number else None
    if ticket is None or not (is_seen or may_see(ticket)):
        raise Problem(404, "not-found")
    return ticket


def _told(ticket: Ticket) -> dict[str, Any]:
    comments = web().deps.store.read(lambda tx: tickets.comments(tx, ticket.number))
    return shapes.ticket_shape(ticket, web().deps.site, comments)
