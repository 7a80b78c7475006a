"""The state machines as tables: state -> event -> next state. A missing pair is ``UnexpectedEvent``.

``docs/states.md`` is drawn from them (``diagram``). Not here: which other fields change (``transitions``).
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import TypeVar

from . import events as e
from .model import GuestState, InteractionState, OfferState, TalkState

S = TypeVar("S", bound=StrEnum)
Table = Mapping[S, Mapping[type[e.Event], S]]

DURING_TALKS: tuple[type[e.Event], ...] = (
    e.ContactHeld,
    e.ContactResumed,
    e.ConsultStarted,
    e.GuestAnswered,
    e.ConsultEnded,
    e.ThreeWayStarted,
    e.ThreeWayEnded,
    e.TalkHandedOver,
    e.SupervisionStarted,
    e.SupervisorListened,
    e.SupervisorWhispered,
    e.SupervisorBarged,
    e.SupervisionEnded,
    e.ParticipantJoined,
    e.ParticipantLeft,
)

INTERACTION: Table[InteractionState] = {
    InteractionState.IN_FLOW: {
        e.OfferMade: InteractionState.OFFERED,  # an agent calls somebody: their own phone rings first
        e.InteractionQueued: InteractionState.QUEUED,
        e.InteractionOverflowed: InteractionState.IN_FLOW,  # turned away before it stood in line
        e.CallbackScheduled: InteractionState.SCHEDULED,
        e.InteractionClosed: InteractionState.CLOSED,
    },
    InteractionState.SCHEDULED: {
        e.HeadStartChanged: InteractionState.SCHEDULED,
        e.CallbackScheduled: InteractionState.SCHEDULED,  # put off
        e.InteractionQueued: InteractionState.QUEUED,
        e.InteractionClosed: InteractionState.CLOSED,
    },
    InteractionState.QUEUED: {
        e.InteractionQueued: InteractionState.QUEUED,  # back at the old place
        e.SkillsRelaxed: InteractionState.QUEUED,
        e.HoldEnded: InteractionState.QUEUED,
        e.ReplyWindowEnded: InteractionState.QUEUED,
        e.ReplyWindowRenewed: InteractionState.QUEUED,
        e.InteractionOverflowed: InteractionState.QUEUED,  # on to another line, or out of this one
        e.InteractionDequeued: InteractionState.IN_FLOW,
        e.CallbackScheduled: InteractionState.SCHEDULED,  # the contact was not reached
        e.OfferMade: InteractionState.OFFERED,
        e.InteractionClosed: InteractionState.CLOSED,
    },
    InteractionState.OFFERED: {
        e.HeadStartChanged: InteractionState.OFFERED,
        e.OfferMade: InteractionState.OFFERED,  # to one more agent at once
        e.ReplyWindowRenewed: InteractionState.OFFERED,
        e.OfferAccepted: InteractionState.CONNECTING,
        e.OfferDeclined: InteractionState.QUEUED,  # these three: OFFERED while others are still being asked
        e.OfferExpired: InteractionState.QUEUED,
        e.OfferRescinded: InteractionState.QUEUED,
    },
    InteractionState.CONNECTING: {
        e.HeadStartChanged: InteractionState.CONNECTING,
        e.ContactDialled: InteractionState.CONNECTING,
        e.InteractionConnected: InteractionState.CONNECTED,
        e.OfferRescinded: InteractionState.QUEUED,  # the legs could not be joined
    },
    InteractionState.CONNECTED: {
        e.TalkEnded: InteractionState.WRAP_UP,
        e.OfferRescinded: InteractionState.QUEUED,  # a conversation whose agent is gone
        e.InteractionTransferred: InteractionState.IN_FLOW,
        e.HeadStartChanged: InteractionState.CONNECTED,
        **dict.fromkeys(DURING_TALKS, InteractionState.CONNECTED),  # see Talk and Guest
    },
    InteractionState.WRAP_UP: {
        e.WrapUpStarted: InteractionState.WRAP_UP,
        e.WrapUpExtended: InteractionState.WRAP_UP,
        e.WrapUpEnded: InteractionState.WRAP_UP,
        e.InteractionClosed: InteractionState.CLOSED,
    },
    InteractionState.CLOSED: {},
}

OFFER: Table[OfferState] = {
    OfferState.PENDING: {
        e.OfferAccepted: OfferState.ACCEPTED,
        e.OfferDeclined: OfferState.DECLINED,
        e.OfferExpired: OfferState.EXPIRED,
        e.OfferRescinded: OfferState.RESCINDED,
    },
    OfferState.ACCEPTED: {
        e.OfferRescinded: OfferState.RESCINDED,
        e.WrapUpEnded: OfferState.ACCEPTED,  # the agent is free again
        e.InteractionClosed: OfferState.ACCEPTED,
        e.InteractionTransferred: OfferState.ACCEPTED,  # these two: handed on, the agent is free
        e.TalkHandedOver: OfferState.ACCEPTED,
    },
    OfferState.DECLINED: {},
    OfferState.EXPIRED: {},
    OfferState.RESCINDED: {},
}

LEAVING: dict[type[e.Event], TalkState] = {
    e.InteractionTransferred: TalkState.DIRECT,
    e.TalkHandedOver: TalkState.DIRECT,
}
TALK: Table[TalkState] = {
    TalkState.DIRECT: {e.ContactHeld: TalkState.HELD, e.ConsultStarted: TalkState.CONSULTING, **LEAVING},
    TalkState.HELD: {e.ContactResumed: TalkState.DIRECT, e.ConsultStarted: TalkState.CONSULTING, **LEAVING},
    TalkState.CONSULTING: {
        e.GuestAnswered: TalkState.CONSULTING,
        e.ConsultEnded: TalkState.HELD,
        e.ThreeWayStarted: TalkState.THREE_WAY,
        **LEAVING,
    },
    TalkState.THREE_WAY: {e.ThreeWayEnded: TalkState.DIRECT, **LEAVING},
}

SUPERVISING: dict[type[e.Event], GuestState] = {
    e.SupervisorListened: GuestState.LISTENING,
    e.SupervisorWhispered: GuestState.WHISPERING,
    e.SupervisorBarged: GuestState.BARGING,
    e.SupervisionEnded: GuestState.GONE,
}
GUEST: Table[GuestState] = {
    GuestState.RINGING: {
        e.GuestAnswered: GuestState.CONSULTED,
        e.ConsultEnded: GuestState.GONE,
        e.ParticipantJoined: GuestState.JOINED,  # of a text: nothing rings
        **SUPERVISING,
    },
    GuestState.CONSULTED: {
        e.ThreeWayStarted: GuestState.JOINED,
        e.ConsultEnded: GuestState.GONE,
        e.TalkHandedOver: GuestState.GONE,  # they are the agent now
    },
    GuestState.JOINED: {
        e.ThreeWayEnded: GuestState.GONE,
        e.ParticipantLeft: GuestState.GONE,
        e.TalkHandedOver: GuestState.GONE,
    },
    GuestState.LISTENING: {**SUPERVISING, e.TalkHandedOver: GuestState.GONE},
    GuestState.WHISPERING: {**SUPERVISING, e.TalkHandedOver: GuestState.GONE},
    GuestState.BARGING: {**SUPERVISING, e.TalkHandedOver: GuestState.GONE},
    GuestState.GONE: {},
}


class UnexpectedEvent(Exception):
    """An event that cannot happen in this state: a mistake of ours. Counted in production, fatal in tests."""


def next_state(table: Table[S], state: S, event: e.Event) -> S:
    """Where ``event`` leads from ``state``.

    >>> next_state(OFFER, OfferState.PENDING, e.OfferExpired(at=1.0, offer="o", interaction="i", agent="a"))
    <OfferState.EXPIRED: 'expired'>
    """
    try:
        return table[state][type(event)]
    except KeyError:
        raise UnexpectedEvent(f"{type(event).__name__} cannot happen in {type(state).__name__} {state}") from None


def diagram() -> str:
    """``docs/states.md``: the tables as Mermaid state diagrams."""
    parts = [
        "# States",
        "Drawn from `eslapp/core/tables.py` by `tests/core/test_tables.py`; do not edit by hand.",
        "What is not drawn cannot happen: it is an `UnexpectedEvent`, counted in production and fatal in tests.",
        _mermaid("Interaction", "InteractionOpened", InteractionState.IN_FLOW, INTERACTION),
        _mermaid("Offer", "OfferMade", OfferState.PENDING, OFFER),
        _mermaid("Talk", "InteractionConnected", TalkState.DIRECT, TALK),
        _mermaid("Guest", "ConsultStarted, SupervisionStarted, ParticipantJoined", GuestState.RINGING, GUEST),
    ]
    return "\n\n".join(parts) + "\n"


def _mermaid(title: str, opening: str, start: S, table: Table[S]) -> str:
    lines = [f"## {title}", "", "```mermaid", "stateDiagram-v2", f"    [*] --> {start}: {opening}"]
    for state, ways in table.items():
        lines += [f"    {state} --> {target}: {event.__name__}" for event, target in ways.items()]
        if not ways:
            lines.append(f"    {state} --> [*]")
    return "\n".join([*lines, "```"])
