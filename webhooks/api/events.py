"""The signed-in person's live stream.

    GET /api/events (Last-Event-ID) -> text/event-stream

Each event that concerns the agent carries its log number, its type as the SSE event name and its fields as JSON.
``Board`` (no number) says that queue figures changed; ``Reset`` that the client was away too long and must ask
``/api/desk``; ``SignedOut`` that the session ended. Supervisors and admins get every event.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from flask import Blueprint, Response

from eslapp.core.events import DecisionMade, MessageStored, OfferMade, ParticipantJoined, TalkHandedOver
from eslapp.core.plain import agent_of, interaction_of, to_plain
from eslapp.store import StoreError, interactions

from .. import push
from ..feed import Typing
from ..guard import Role, allow
from ..rights import me, sees_everything
from ..sessions import SignedIn
from ..web import Web, web

blueprint = Blueprint("events", __name__)
NOTICE_S = 4.0  # a browser that is gone is noticed at the second beat into nothing (see ``desks``)
SETTLE_S = 0.2  # figures are announced when it has been quiet for so long


@blueprint.get("/api/events")
@allow(Role.AGENT)
def follow() -> Response:
    parts = web()
    return push.stream(parts, _frames(parts, me(), push.last_event_id(), push.line_of_request()))


def _frames(parts: Web, signed_in: SignedIn, asked: int | None, line: Any) -> Iterator[bytes]:
    with parts.feed.subscribe() as inbox, push.ending_with_reader(inbox, line), parts.desks.at_work(signed_in.login):
        since, is_reset = push.start_of(parts.feed, asked)
        upto = parts.feed.position
        yield push.frame("Reset" if is_reset else "Hello", {"position": since}, since)
        concerns = Concerns(parts, signed_in)
        for sequence, event in push.replay(parts, since, upto):
            if concerns(event):
                yield event_frame(sequence, event)
        yield from _live(parts, signed_in, concerns, inbox, max(since, upto))


def _live(parts: Web, signed_in: SignedIn, concerns: Concerns, inbox: Any, since: int) -> Iterator[bytes]:
    beat_s = min(parts.deps.settings.heartbeat_s, NOTICE_S)
    stale: list[bool] = []
    for item in push.live(inbox, since, lambda: SETTLE_S if stale else beat_s):
        if item is not None and isinstance(item[1], Typing):
            if concerns(item[1]) and item[1].by == "contact":
                yield push.frame("Typing", {"interaction": item[1].interaction})
            continue
        if item is not None:
            if not isinstance(item[1], MessageStored):
                stale[:] = [True]
            if concerns(item[1]):
                yield event_frame(*item)
            continue
        if stale:
            stale.clear()
            yield push.frame("Board", {})
            continue
        if not _is_signed_in(parts, signed_in):
            yield push.frame("SignedOut", {})
            return
        yield push.BEAT


def _is_signed_in(parts: Web, signed_in: SignedIn) -> bool:
    """Looked at with every heartbeat. Work in hand counts as activity: nobody is signed out while talking."""
    try:
        has_work = bool(parts.board.snapshot(0).work_of(signed_in.login))
        return parts.sessions.find(signed_in.token, is_use=has_work) is not None
    except StoreError:
        return True  # the store is down: not the agent's fault


def event_frame(sequence: int, event: Any) -> bytes:
    """One logged event on the wire."""
    body = {"type": type(event).__name__, "sequence": sequence, **to_plain(event)}
    return push.frame(type(event).__name__, body, sequence)


class Concerns:
    """Whether an event is for this person: theirs, offered to them, or about what they work on."""

    def __init__(self, parts: Web, signed_in: SignedIn) -> None:
        self._everything = sees_everything(signed_in)
        self._agent = signed_in.login
        own = parts.deps.store.read(lambda tx: interactions.listing(tx, agent=self._agent, limit=200))
        snapshot = parts.board.snapshot()
        ringing = snapshot.pending_offers(self._agent)
        self._mine = {one.id for one in own} | {offer.interaction for offer in ringing}

    def __call__(self, event: Any) -> bool:
        if self._everything:
            return True
        if isinstance(event, DecisionMade):
            return False  # names who else was weighed: shown on demand by "why"
        if self._agent == _joining(event):
            self._mine.add(event.interaction)
        if agent_of(event) == self._agent:
            if isinstance(event, OfferMade):
                self._mine.add(event.offer.interaction)
            return True
        return interaction_of(event) in self._mine


def _joining(event: Any) -> str:
    """Who has a part in an interaction from now on that was not theirs."""
    if isinstance(event, TalkHandedOver):
        return event.offer.agent
    return event.guest.who if isinstance(event, ParticipantJoined) else ""
