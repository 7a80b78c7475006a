"""What one event changes in the records: the single meaning of every event, for the world and for the rows alike.

``changes(records, event)`` gives the records as they are after the event. The router's world and the store's
projection both apply it: rows rebuilt from the log equal the world. Not here: states (``tables``).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any, Protocol

from . import events as e
from .model import Agent, Interaction, InteractionState, Offer, OfferState, PhoneTest, Presence
from .tables import INTERACTION, OFFER, UnexpectedEvent, next_state
from .talk_changes import TALK_CHANGES, fresh, talk_over

Record = Interaction | Offer | Agent
PLACE = (
    "queue",
    "priority",
    "queued_at",
    "head_start_s",
    "reply_by",
    "relaxed",
    "held_until",
    "skills",
    "here_since",
    "own_ways",
)
TOLD = ("language", "parent", "chain", "level", "urgency", "wanted")  # "" keeps what was known


class Records(Protocol):
    """Where the records before the event are looked up."""

    def interaction(self, interaction: str, /) -> Interaction | None: ...
    def offer(self, offer: str, /) -> Offer | None: ...
    def agent(self, agent: str, /) -> Agent | None: ...
    def ringing(self, interaction: str, /) -> tuple[str, ...]: ...


def changes(records: Records, event: e.Event) -> list[Record]:
    """The changed records. ``UnexpectedEvent`` where it cannot happen; events of other services change none."""
    change = CHANGES.get(type(event))
    return change(records, event) if change is not None else []


def _opened(records: Records, event: e.InteractionOpened) -> list[Record]:
    if records.interaction(event.interaction.id) is not None:
        raise UnexpectedEvent(f"interaction {event.interaction.id} was opened twice")
    return [event.interaction]


def _queued(records: Records, event: e.InteractionQueued) -> list[Record]:
    place: dict[str, Any] = {name: getattr(event, name) for name in PLACE}
    place |= {name: told for name in TOLD if (told := getattr(event, name))}
    return [_move(records, event.interaction, event, overflow="", **place)]


def _overflowed(records: Records, event: e.InteractionOverflowed) -> list[Record]:
    return [_move(records, event.interaction, event, overflow="" if event.to else event.reason)]


def _dequeued(records: Records, event: e.InteractionDequeued) -> list[Record]:
    return [_move(records, event.interaction, event)]


def _scheduled(records: Records, event: e.CallbackScheduled) -> list[Record]:
    place = {"queue": event.queue, "priority": event.priority, "queued_at": event.queued_at}
    return [_move(records, event.interaction, event, due_at=event.due_at, leg="", **place)]


def _dialled(records: Records, event: e.ContactDialled) -> list[Record]:
    return [_move(records, event.interaction, event, leg=event.leg, tries=event.tries)]


def _offer_made(records: Records, event: e.OfferMade) -> list[Record]:
    if records.offer(event.offer.id) is not None:
        raise UnexpectedEvent(f"offer {event.offer.id} was made twice")
    before = records.interaction(event.offer.interaction)
    first = before.offer if before is not None and before.state is InteractionState.OFFERED else event.offer.id
    return [_move(records, event.offer.interaction, event, offer=first), event.offer]


def _offer_accepted(records: Records, event: e.OfferAccepted) -> list[Record]:
    interaction = _move(records, event.interaction, event, agent=event.agent, offer=event.offer)
    return [interaction, _settle(records, event.offer, event)]


def _offer_ended(records: Records, event: e.OfferDeclined | e.OfferExpired | e.OfferRescinded) -> list[Record]:
    ended = _settle(records, event.offer, event, ended_at=event.at, reason=getattr(event, "reason", ""))
    others = [offer for offer in records.ringing(event.interaction) if offer != event.offer]
    if others:  # more agents are being asked: it goes on being offered
        before = records.interaction(event.interaction)
        assert before is not None
        return [replace(before, offer=others[0]), ended]
    return [_move(records, event.interaction, event, agent="", offer=""), ended]


def _connected(records: Records, event: e.InteractionConnected) -> list[Record]:
    return [fresh(_move(records, event.interaction, event, connected_at=event.at))]


def _talk_ended(records: Records, event: e.TalkEnded) -> list[Record]:
    return [talk_over(_move(records, event.interaction, event, ended_at=event.at))]


def _wrap_up_started(records: Records, event: e.WrapUpStarted | e.WrapUpExtended) -> list[Record]:
    return [_move(records, event.interaction, event, wrap_up_until=event.until)]


def _linked(records: Records, event: e.InteractionLinked) -> list[Record]:
    before = records.interaction(event.interaction)
    if before is None:
        raise UnexpectedEvent(f"interaction {event.interaction} is not open")
    after = replace(before, contact=event.contact, parent=event.parent, chain=event.chain)
    return [replace(after, queue=event.queue, queued_at=event.queued_at) if event.queue else after]


def _relaxed(records: Records, event: e.SkillsRelaxed) -> list[Record]:
    return [_move(records, event.interaction, event, relaxed=event.step)]


def _hold_ended(records: Records, event: e.HoldEnded) -> list[Record]:
    return [_move(records, event.interaction, event, held_until=None)]


def _reply_window_ended(records: Records, event: e.ReplyWindowEnded) -> list[Record]:
    return [_move(records, event.interaction, event, reply_by=None)]


def _reply_window_renewed(records: Records, event: e.ReplyWindowRenewed) -> list[Record]:
    return [_move(records, event.interaction, event, reply_by=event.reply_by)]


def _head_start_changed(records: Records, event: e.HeadStartChanged) -> list[Record]:
    return [_move(records, event.interaction, event, head_start_s=event.head_start_s)]


def _wrap_up_ended(records: Records, event: e.WrapUpEnded) -> list[Record]:
    words = {"disposition": event.disposition, "notes": event.notes, "wrap_up_until": None}
    interaction = _move(records, event.interaction, event, **words)
    return [interaction, *_released(records, interaction, event)]


def _closed(records: Records, event: e.InteractionClosed) -> list[Record]:
    interaction = _move(records, event.interaction, event, outcome=event.outcome, closed_at=event.at)
    return [interaction, *_released(records, interaction, event)]


def _presence_changed(records: Records, event: e.PresenceChanged) -> list[Record]:
    agent = records.agent(event.agent)
    if agent is None:
        return []
    is_back = event.presence is Presence.AVAILABLE and agent.presence is not Presence.AVAILABLE
    idle_since = event.at if is_back else agent.idle_since
    agent = replace(agent, presence=event.presence, reason=event.reason, idle_since=idle_since)
    return [replace(agent, next_presence=None, next_reason="")]


def _next_presence(records: Records, event: e.NextPresenceSet) -> list[Record]:
    agent = records.agent(event.agent)
    return [replace(agent, next_presence=event.presence, next_reason=event.reason)] if agent is not None else []


def _phone_changed(records: Records, event: e.PhoneChanged) -> list[Record]:
    agent = records.agent(event.agent)
    if agent is None:
        return []
    is_other = bool(event.contact) and event.contact != agent.phone_contact
    is_cut_off = not event.registered and agent.phone_test is PhoneTest.RUNNING
    test = PhoneTest.UNTESTED if is_other or is_cut_off else agent.phone_test
    contact = event.contact or agent.phone_contact
    return [replace(agent, phone_registered=event.registered, phone_contact=contact, phone_test=test)]


def _phone_test_started(records: Records, event: e.PhoneTestStarted) -> list[Record]:
    agent = records.agent(event.agent)
    return [replace(agent, phone_test=PhoneTest.RUNNING)] if agent is not None else []


def _phone_tested(records: Records, event: e.PhoneTested) -> list[Record]:
    agent = records.agent(event.agent)
    return [replace(agent, phone_test=event.result)] if agent is not None else []


def _released(records: Records, interaction: Interaction, event: e.Event) -> list[Record]:
    """The agent is free of this interaction: the offer ends, the idle clock starts."""
    offer = records.offer(interaction.offer) if interaction.offer else None
    if offer is None or offer.ended_at is not None:
        return []
    ended = replace(offer, state=next_state(OFFER, offer.state, event), ended_at=event.at)
    agent = records.agent(offer.agent)
    was_handled = ended.state is OfferState.ACCEPTED
    return [ended, replace(agent, idle_since=event.at)] if agent is not None and was_handled else [ended]


def _move(records: Records, interaction: str, event: e.Event, **fields: Any) -> Interaction:
    before = records.interaction(interaction)
    if before is None:
        raise UnexpectedEvent(f"{type(event).__name__} for {interaction}, which is not open")
    return replace(before, state=next_state(INTERACTION, before.state, event), **fields)


def _settle(records: Records, offer: str, event: e.Event, **fields: Any) -> Offer:
    before = records.offer(offer)
    if before is None:
        raise UnexpectedEvent(f"{type(event).__name__} for offer {offer}, which is not live")
    return replace(before, state=next_state(OFFER, before.state, event), **fields)


CHANGES: dict[type[e.Event], Callable[[Records, Any], list[Record]]] = {
    **TALK_CHANGES,
    e.InteractionOpened: _opened,
    e.InteractionQueued: _queued,
    e.InteractionOverflowed: _overflowed,
    e.InteractionDequeued: _dequeued,
    e.CallbackScheduled: _scheduled,
    e.ContactDialled: _dialled,
    e.OfferMade: _offer_made,
    e.OfferAccepted: _offer_accepted,
    e.OfferDeclined: _offer_ended,
    e.OfferExpired: _offer_ended,
    e.OfferRescinded: _offer_ended,
    e.InteractionConnected: _connected,
    e.TalkEnded: _talk_ended,
    e.SkillsRelaxed: _relaxed,
    e.InteractionLinked: _linked,
    e.HoldEnded: _hold_ended,
    e.ReplyWindowEnded: _reply_window_ended,
    e.ReplyWindowRenewed: _reply_window_renewed,
    e.HeadStartChanged: _head_start_changed,
    e.WrapUpStarted: _wrap_up_started,
    e.WrapUpExtended: _wrap_up_started,
    e.WrapUpEnded: _wrap_up_ended,
    e.InteractionClosed: _closed,
    e.PresenceChanged: _presence_changed,
    e.NextPresenceSet: _next_presence,
    e.PhoneChanged: _phone_changed,
    e.PhoneTestStarted: _phone_test_started,
    e.PhoneTested: _phone_tested,
}
