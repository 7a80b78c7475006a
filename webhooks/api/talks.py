"""What an agent does within a talk, and a supervisor with somebody else's.

POST /api/interactions/<id>/hold     POST /api/interactions/<id>/resume      -> {"interaction", "talk"}
POST /api/interactions/<id>/transfer {"to": "queue" | "agent" | "outside", "target"}
POST /api/interactions/<id>/consult  {"to": "agent" | "outside", "target"}   (the contact hears music)
POST /api/interactions/<id>/conference   all three     .../complete   theirs now     .../cancel   back to the contact
POST /api/interactions/<id>/invite {"to": "agent", "target"}   a colleague into a chat     .../leave   out of it again
POST /api/interactions/<id>/listen | whisper | barge | takeover              (supervisors)
"""

from __future__ import annotations

from flask import Blueprint, Response, jsonify

from eslapp.core.commands import (
    CompleteTransfer,
    DismissGuest,
    HoldContact,
    InviteParticipant,
    LeaveConversation,
    ResumeContact,
    StartConsult,
    StartThreeWay,
    Supervise,
    TakeOver,
    TransferInteraction,
)
from eslapp.core.model import Interaction, TalkState
from eslapp.store import interactions

from ..guard import Role, allow
from ..outside import number_to_dial
from ..replies import Problem
from ..requests import json_object, text_field
from ..rights import mine, my_agent, written_in
from ..web import web
from .calls import calls_outside

blueprint = Blueprint("talks", __name__)
OUTSIDE = "outside"


@blueprint.post("/api/interactions/<interaction>/hold")
@allow(Role.AGENT)
def hold(interaction: str) -> Response:
    agent = _my_talk(interaction).agent
    web().ask(HoldContact(at=web().deps.clock(), interaction=interaction, agent=agent))
    return _told(interaction)


@blueprint.post("/api/interactions/<interaction>/resume")
@allow(Role.AGENT)
def resume(interaction: str) -> Response:
    agent = _my_talk(interaction).agent
    web().ask(ResumeContact(at=web().deps.clock(), interaction=interaction, agent=agent))
    return _told(interaction)


@blueprint.post("/api/interactions/<interaction>/transfer")
@allow(Role.AGENT, "to", "target")
def transfer(interaction: str) -> Response:
    agent = _my_talk(interaction).agent
    kind, target = _destination(("queue", "agent", OUTSIDE))
    where = {"kind": kind, "target": target, "recent": _recent(kind, agent)}
    web().ask(TransferInteraction(at=web().deps.clock(), interaction=interaction, agent=agent, **where))
    return _told(interaction)


@blueprint.post("/api/interactions/<interaction>/consult")
@allow(Role.AGENT, "to", "target")
def consult(interaction: str) -> Response:
    agent = _my_talk(interaction).agent
    kind, target = _destination(("agent", OUTSIDE))
    where = {"kind": kind, "target": target, "recent": _recent(kind, agent)}
    web().ask(StartConsult(at=web().deps.clock(), interaction=interaction, agent=agent, **where))
    return _told(interaction)


@blueprint.post("/api/interactions/<interaction>/conference")
@allow(Role.AGENT)
def conference(interaction: str) -> Response:
    agent = _my_talk(interaction).agent
    web().ask(StartThreeWay(at=web().deps.clock(), interaction=interaction, agent=agent))
    return _told(interaction)


@blueprint.post("/api/interactions/<interaction>/complete")
@allow(Role.AGENT)
def complete(interaction: str) -> Response:
    agent = _my_talk(interaction).agent
    web().ask(CompleteTransfer(at=web().deps.clock(), interaction=interaction, agent=agent))
    return _told(interaction)


@blueprint.post("/api/interactions/<interaction>/cancel")
@allow(Role.AGENT)
def cancel(interaction: str) -> Response:
    """The consulted one leaves; the contact is back with the agent."""
    one, now = _my_talk(interaction), web().deps.clock()
    if one.talk is TalkState.THREE_WAY and one.consulted is not None:
        web().ask(DismissGuest(at=now, interaction=interaction, guest=one.consulted.id, reason="cancelled"))
    else:
        web().ask(ResumeContact(at=now, interaction=interaction, agent=one.agent))
    return _told(interaction)


@blueprint.post("/api/interactions/<interaction>/invite")
@allow(Role.AGENT, "to", "target")
def invite(interaction: str) -> Response:
    """A colleague into one's chat."""
    agent = _my_talk(interaction).agent
    _, target = _destination(("agent",))
    web().ask(InviteParticipant(at=web().deps.clock(), interaction=interaction, agent=agent, target=target))
    return _told(interaction)


@blueprint.post("/api/interactions/<interaction>/leave")
@allow(Role.AGENT)
def leave(interaction: str) -> Response:
    """Out of a colleague's chat."""
    agent = my_agent()
    written_in(interaction, agent)
    web().ask(LeaveConversation(at=web().deps.clock(), interaction=interaction, participant=agent))
    return _told(interaction)


@blueprint.post("/api/interactions/<interaction>/listen")
@allow(Role.SUPERVISOR)
def listen(interaction: str) -> Response:
    return _supervise(interaction, "listen")


@blueprint.post("/api/interactions/<interaction>/whisper")
@allow(Role.SUPERVISOR)
def whisper(interaction: str) -> Response:
    return _supervise(interaction, "whisper")


@blueprint.post("/api/interactions/<interaction>/barge")
@allow(Role.SUPERVISOR)
def barge(interaction: str) -> Response:
    return _supervise(interaction, "barge")


@blueprint.post("/api/interactions/<interaction>/takeover")
@allow(Role.SUPERVISOR)
def take_over(interaction: str) -> Response:
    supervisor = my_agent()
    web().ask(TakeOver(at=web().deps.clock(), interaction=_id(interaction), supervisor=supervisor))
    return _told(interaction)


def _supervise(interaction: str, mode: str) -> Response:
    supervisor = my_agent()
    command = Supervise(at=web().deps.clock(), interaction=_id(interaction), supervisor=supervisor, mode=mode)
    web().ask(command)
    return _told(interaction)


def _my_talk(interaction: str) -> Interaction:
    return mine(interaction, my_agent())


def _destination(kinds: tuple[str, ...]) -> tuple[str, str]:
    """Where to; a number outside only where the site allows it."""
    body = json_object(web().deps.settings.body_cap)
    kind = text_field(body, "to", cap=20, required=True)
    target = text_field(body, "target", cap=60, required=True).strip()
    if kind not in kinds:
        raise Problem(400, "bad-request", f"to: one of {', '.join(kinds)}")
    return kind, number_to_dial(target, is_now=True) if kind == OUTSIDE else target


def _recent(kind: str, agent: str) -> int:
    """The agent's calls to the outside of the last hour, where it matters."""
    now = web().deps.clock()
    return web().deps.store.read(lambda tx: calls_outside(tx, agent, now)) if kind == OUTSIDE else 0


def _id(interaction: str) -> str:
    if len(interaction) > 100:
        raise Problem(404, "not-found")
    return interaction


def _told(interaction: str) -> Response:
    one = web().deps.store.read(lambda tx: interactions.get(tx, interaction))
    talk = one.talk.value if one is not None else ""
    return jsonify({"interaction": interaction, "state": one.state.value if one is not None else "", "talk": talk})
