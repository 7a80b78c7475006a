"""The tables, exhaustively: every state with every event, against the list written here by hand."""

from __future__ import annotations

from pathlib import Path

import pytest

from eslapp.core import events as e
from eslapp.core.model import GuestState as G
from eslapp.core.model import InteractionState as I
from eslapp.core.model import OfferState as O
from eslapp.core.model import TalkState as T
from eslapp.core.tables import GUEST, INTERACTION, OFFER, TALK, UnexpectedEvent, diagram, next_state

ALL_EVENTS = [kind for kind in vars(e).values() if isinstance(kind, type) and issubclass(kind, e.Event)]
DOCUMENT = Path(__file__).parents[2] / "docs" / "states.md"

INTERACTION_BY_HAND = {
    (I.IN_FLOW, e.InteractionQueued): I.QUEUED,
    (I.IN_FLOW, e.OfferMade): I.OFFERED,
    (I.IN_FLOW, e.InteractionClosed): I.CLOSED,
    (I.IN_FLOW, e.CallbackScheduled): I.SCHEDULED,
    (I.IN_FLOW, e.InteractionOverflowed): I.IN_FLOW,
    (I.QUEUED, e.InteractionOverflowed): I.QUEUED,
    (I.SCHEDULED, e.CallbackScheduled): I.SCHEDULED,
    (I.SCHEDULED, e.InteractionQueued): I.QUEUED,
    (I.SCHEDULED, e.InteractionClosed): I.CLOSED,
    (I.QUEUED, e.CallbackScheduled): I.SCHEDULED,
    (I.CONNECTING, e.ContactDialled): I.CONNECTING,
    (I.QUEUED, e.InteractionQueued): I.QUEUED,
    (I.QUEUED, e.InteractionDequeued): I.IN_FLOW,
    (I.QUEUED, e.SkillsRelaxed): I.QUEUED,
    (I.QUEUED, e.HoldEnded): I.QUEUED,
    (I.QUEUED, e.ReplyWindowEnded): I.QUEUED,
    (I.QUEUED, e.ReplyWindowRenewed): I.QUEUED,
    (I.OFFERED, e.ReplyWindowRenewed): I.OFFERED,
    **{(state, e.HeadStartChanged): state for state in (I.SCHEDULED, I.OFFERED, I.CONNECTING, I.CONNECTED)},
    (I.QUEUED, e.OfferMade): I.OFFERED,
    (I.QUEUED, e.InteractionClosed): I.CLOSED,
    (I.OFFERED, e.OfferMade): I.OFFERED,
    (I.OFFERED, e.OfferAccepted): I.CONNECTING,
    (I.OFFERED, e.OfferDeclined): I.QUEUED,
    (I.OFFERED, e.OfferExpired): I.QUEUED,
    (I.OFFERED, e.OfferRescinded): I.QUEUED,
    (I.CONNECTING, e.InteractionConnected): I.CONNECTED,
    (I.CONNECTING, e.OfferRescinded): I.QUEUED,
    (I.CONNECTED, e.TalkEnded): I.WRAP_UP,
    (I.CONNECTED, e.OfferRescinded): I.QUEUED,
    (I.CONNECTED, e.InteractionTransferred): I.IN_FLOW,
    (I.CONNECTED, e.ContactHeld): I.CONNECTED,
    (I.CONNECTED, e.ContactResumed): I.CONNECTED,
    (I.CONNECTED, e.ConsultStarted): I.CONNECTED,
    (I.CONNECTED, e.GuestAnswered): I.CONNECTED,
    (I.CONNECTED, e.ConsultEnded): I.CONNECTED,
    (I.CONNECTED, e.ThreeWayStarted): I.CONNECTED,
    (I.CONNECTED, e.ThreeWayEnded): I.CONNECTED,
    (I.CONNECTED, e.TalkHandedOver): I.CONNECTED,
    (I.CONNECTED, e.SupervisionStarted): I.CONNECTED,
    (I.CONNECTED, e.SupervisorListened): I.CONNECTED,
    (I.CONNECTED, e.SupervisorWhispered): I.CONNECTED,
    (I.CONNECTED, e.SupervisorBarged): I.CONNECTED,
    (I.CONNECTED, e.SupervisionEnded): I.CONNECTED,
    (I.CONNECTED, e.ParticipantJoined): I.CONNECTED,
    (I.CONNECTED, e.ParticipantLeft): I.CONNECTED,
    (I.WRAP_UP, e.WrapUpStarted): I.WRAP_UP,
    (I.WRAP_UP, e.WrapUpExtended): I.WRAP_UP,
    (I.WRAP_UP, e.WrapUpEnded): I.WRAP_UP,
    (I.WRAP_UP, e.InteractionClosed): I.CLOSED,
}
OFFER_BY_HAND = {
    (O.PENDING, e.OfferAccepted): O.ACCEPTED,
    (O.PENDING, e.OfferDeclined): O.DECLINED,
    (O.PENDING, e.OfferExpired): O.EXPIRED,
    (O.PENDING, e.OfferRescinded): O.RESCINDED,
    (O.ACCEPTED, e.OfferRescinded): O.RESCINDED,
    (O.ACCEPTED, e.WrapUpEnded): O.ACCEPTED,
    (O.ACCEPTED, e.InteractionClosed): O.ACCEPTED,
    (O.ACCEPTED, e.InteractionTransferred): O.ACCEPTED,
    (O.ACCEPTED, e.TalkHandedOver): O.ACCEPTED,
}
TALK_BY_HAND = {
    (T.DIRECT, e.ContactHeld): T.HELD,
    (T.HELD, e.ContactResumed): T.DIRECT,
    (T.DIRECT, e.ConsultStarted): T.CONSULTING,
    (T.HELD, e.ConsultStarted): T.CONSULTING,
    (T.CONSULTING, e.GuestAnswered): T.CONSULTING,
    (T.CONSULTING, e.ConsultEnded): T.HELD,
    (T.CONSULTING, e.ThreeWayStarted): T.THREE_WAY,
    (T.THREE_WAY, e.ThreeWayEnded): T.DIRECT,
    **{(state, e.InteractionTransferred): T.DIRECT for state in T},
    **{(state, e.TalkHandedOver): T.DIRECT for state in T},
}
SUPERVISED = (G.RINGING, G.LISTENING, G.WHISPERING, G.BARGING)
GUEST_BY_HAND = {
    (G.RINGING, e.GuestAnswered): G.CONSULTED,
    (G.RINGING, e.ConsultEnded): G.GONE,
    (G.CONSULTED, e.ConsultEnded): G.GONE,
    (G.CONSULTED, e.ThreeWayStarted): G.JOINED,
    (G.JOINED, e.ThreeWayEnded): G.GONE,
    (G.RINGING, e.ParticipantJoined): G.JOINED,
    (G.JOINED, e.ParticipantLeft): G.GONE,
    **{(state, e.SupervisorListened): G.LISTENING for state in SUPERVISED},
    **{(state, e.SupervisorWhispered): G.WHISPERING for state in SUPERVISED},
    **{(state, e.SupervisorBarged): G.BARGING for state in SUPERVISED},
    **{(state, e.SupervisionEnded): G.GONE for state in SUPERVISED},
    **{(state, e.TalkHandedOver): G.GONE for state in G if state not in (G.RINGING, G.GONE)},
}


def blank(kind: type[e.Event]) -> e.Event:
    """An event of this type; the tables look at nothing else."""
    return object.__new__(kind)


@pytest.mark.parametrize("kind", ALL_EVENTS, ids=lambda kind: kind.__name__)
@pytest.mark.parametrize(
    ("table", "by_hand", "states"),
    [
        (INTERACTION, INTERACTION_BY_HAND, I),
        (OFFER, OFFER_BY_HAND, O),
        (TALK, TALK_BY_HAND, T),
        (GUEST, GUEST_BY_HAND, G),
    ],
)
def test_every_state_with_every_event(table: object, by_hand: dict, states: type, kind: type[e.Event]) -> None:
    for state in states:
        if (state, kind) in by_hand:
            assert next_state(table, state, blank(kind)) is by_hand[state, kind]
        else:
            with pytest.raises(UnexpectedEvent, match=f"{kind.__name__} cannot happen in .* {state}"):
                next_state(table, state, blank(kind))


@pytest.mark.parametrize("table", [INTERACTION, OFFER, TALK, GUEST])
def test_every_state_is_in_the_table_and_reached(table: dict) -> None:
    states = type(next(iter(table)))
    assert set(table) == set(states)
    reached = {target for ways in table.values() for target in ways.values()} | {next(iter(states))}
    assert reached == set(states)


def test_the_document_is_drawn_from_the_tables() -> None:
    assert DOCUMENT.read_text(encoding="utf-8") == diagram(), (
        "docs/states.md is old: python -c 'from eslapp.core.tables import diagram; print(diagram(), end=\"\")' "
        "> docs/states.md"
    )
