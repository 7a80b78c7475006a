"""What holds, consultations, supervisors and hand-overs change in the records; a part of ``transitions``.

Not here: which may follow which (``tables``), who may ask for them (``decisions.handing``, ``decisions.consulting``).
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from . import events as e
from .model import Agent, Guest, GuestState, Interaction, Offer, TalkState
from .tables import GUEST, INTERACTION, OFFER, TALK, UnexpectedEvent, next_state

Record = Interaction | Offer | Agent


def talk_moved(records: Any, event: Any) -> list[Record]:
    """Events about contact and agent alone."""
    one = _open(records, event)
    return [replace(one, talk=next_state(TALK, one.talk, event))]


def guest_came(records: Any, event: e.ConsultStarted | e.SupervisionStarted) -> list[Record]:
    """Somebody is called."""
    one = _open(records, event)
    talk = next_state(TALK, one.talk, event) if isinstance(event, e.ConsultStarted) else one.talk
    return [replace(one, talk=talk, guests=(*one.guests, event.guest))]


def participant_came(records: Any, event: e.ParticipantJoined) -> list[Record]:
    """Nothing rings: they are there."""
    one = _open(records, event)
    joined = replace(event.guest, state=next_state(GUEST, event.guest.state, event))
    return [replace(one, guests=(*one.guests, joined))]


def guest_moved(records: Any, event: Any) -> list[Record]:
    """A guest does something else, or is gone."""
    one = _open(records, event)
    guest = one.guest(event.guest)
    if guest is None:
        raise UnexpectedEvent(f"{type(event).__name__} for guest {event.guest}, who is not there")
    talk = one.talk if type(event) in (*OF_SUPERVISORS, e.ParticipantLeft) else next_state(TALK, one.talk, event)
    return [replace(one, talk=talk, guests=_with_guest(one, guest, event))]


def transferred(records: Any, event: e.InteractionTransferred) -> list[Record]:
    """Agent and guests are out of it, the contact waits for what comes."""
    one = _open(records, event)
    talk = next_state(TALK, one.talk, event)
    handed_on = replace(one, state=next_state(INTERACTION, one.state, event), talk=talk, agent="", offer="", guests=())
    return [handed_on, *_freed(records, one.offer, event)]


def handed_over(records: Any, event: e.TalkHandedOver) -> list[Record]:
    """The guest is the agent; other guests were the former agent's and leave with them."""
    one = _open(records, event)
    guest = one.guest(event.guest)
    if guest is None:
        raise UnexpectedEvent(f"TalkHandedOver to guest {event.guest}, who is not there")
    next_state(GUEST, guest.state, event)
    talk = next_state(TALK, one.talk, event)
    taken = replace(one, talk=talk, agent=event.offer.agent, offer=event.offer.id, guests=())
    return [*_freed(records, one.offer, event), event.offer, taken]


def _open(records: Any, event: Any) -> Interaction:
    one: Interaction | None = records.interaction(event.interaction)
    if one is None:
        raise UnexpectedEvent(f"{type(event).__name__} for {event.interaction}, which is not open")
    next_state(INTERACTION, one.state, event)
    return one


def _with_guest(one: Interaction, guest: Guest, event: e.Event) -> tuple[Guest, ...]:
    state = next_state(GUEST, guest.state, event)
    changed = (replace(each, state=state) if each.id == guest.id else each for each in one.guests)
    return tuple(each for each in changed if each.state is not GuestState.GONE)


def _freed(records: Any, offer_id: str, event: e.Event) -> list[Record]:
    offer = records.offer(offer_id)
    if offer is None:
        return []
    agent = records.agent(offer.agent)
    ended = replace(offer, state=next_state(OFFER, offer.state, event), ended_at=event.at)
    return [ended, replace(agent, idle_since=event.at)] if agent is not None else [ended]


def talk_over(one: Interaction) -> Interaction:
    """Without guests, when the talk has ended; ``talk`` tells how it stood."""
    return replace(one, guests=())


def fresh(one: Interaction) -> Interaction:
    """At the beginning of a talk."""
    return replace(one, talk=TalkState.DIRECT, guests=())


OF_SUPERVISORS = (e.SupervisorListened, e.SupervisorWhispered, e.SupervisorBarged, e.SupervisionEnded)
TALK_CHANGES: dict[type[e.Event], Any] = {
    e.ContactHeld: talk_moved,
    e.ContactResumed: talk_moved,
    e.ConsultStarted: guest_came,
    e.SupervisionStarted: guest_came,
    e.ParticipantJoined: participant_came,
    e.ParticipantLeft: guest_moved,
    e.GuestAnswered: guest_moved,
    e.ConsultEnded: guest_moved,
    e.ThreeWayStarted: guest_moved,
    e.ThreeWayEnded: guest_moved,
    **dict.fromkeys(OF_SUPERVISORS, guest_moved),
    e.InteractionTransferred: transferred,
    e.TalkHandedOver: handed_over,
}
