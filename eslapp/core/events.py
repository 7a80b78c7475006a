"""What has happened, in the past tense. Appended to the log in the transaction that changes the rows.

Every read model (wallboard, ``why``, reports, replay) is made of these. ``type`` is the class name.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from .agent_events import NextPresenceSet as NextPresenceSet
from .agent_events import PhoneChanged as PhoneChanged
from .agent_events import PhoneTested as PhoneTested
from .agent_events import PhoneTestStarted as PhoneTestStarted
from .agent_events import PresenceChanged as PresenceChanged
from .event import Event as Event
from .line_events import HeadStartChanged as HeadStartChanged
from .line_events import HoldEnded as HoldEnded
from .line_events import ReplyWindowEnded as ReplyWindowEnded
from .line_events import ReplyWindowRenewed as ReplyWindowRenewed
from .line_events import SkillsRelaxed as SkillsRelaxed
from .model import Interaction, Medium, Offer, Outcome, Receipt
from .people_events import ContactsMerged as ContactsMerged
from .people_events import ContactsParted as ContactsParted
from .people_events import ContactsToldApart as ContactsToldApart
from .people_events import ContactVerified as ContactVerified
from .people_events import InteractionLinked as InteractionLinked
from .settings import Settings
from .talk_events import ConsultEnded as ConsultEnded
from .talk_events import ConsultStarted as ConsultStarted
from .talk_events import ContactHeld as ContactHeld
from .talk_events import ContactResumed as ContactResumed
from .talk_events import GuestAnswered as GuestAnswered
from .talk_events import InteractionTransferred as InteractionTransferred
from .talk_events import ParticipantJoined as ParticipantJoined
from .talk_events import ParticipantLeft as ParticipantLeft
from .talk_events import SupervisionEnded as SupervisionEnded
from .talk_events import SupervisionStarted as SupervisionStarted
from .talk_events import SupervisorBarged as SupervisorBarged
from .talk_events import SupervisorListened as SupervisorListened
from .talk_events import SupervisorWhispered as SupervisorWhispered
from .talk_events import TalkHandedOver as TalkHandedOver
from .talk_events import ThreeWayEnded as ThreeWayEnded
from .talk_events import ThreeWayStarted as ThreeWayStarted


@dataclass(frozen=True, slots=True, kw_only=True)
class InteractionOpened(Event):
    interaction: Interaction


@dataclass(frozen=True, slots=True, kw_only=True)
class InteractionQueued(Event):
    """``queued_at`` differs from ``at`` on a requeue: the old place is kept."""

    interaction: str
    queue: str
    priority: int
    queued_at: float
    requeue: bool = False
    language: str = ""
    parent: str = ""  # of a call that has taken over a callback's place
    chain: str = ""
    level: str = ""
    urgency: str = ""
    head_start_s: float = 0.0
    reply_by: float | None = None
    relaxed: int = 0
    wanted: str = ""
    held_until: float | None = None
    skills: dict[str, int] = field(default_factory=dict)
    here_since: float | None = None
    own_ways: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class InteractionOverflowed(Event):
    """It cannot wait in ``queue``: "full", "closed", "no-agents", "timeout". ``to``: a queue, "" the flow decides."""

    interaction: str
    queue: str
    reason: str
    to: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueOpeningChanged(Event):
    queue: str
    is_open: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceAnnounced(Event):
    """ "You are number 3"; not ``is_told``: withheld, because too many turned out wrong."""

    interaction: str
    queue: str
    position: int
    is_told: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitAnnounced(Event):
    """An expected wait, with the range where 80 % should end; not ``is_told``: withheld, because it is not reliable."""

    interaction: str
    queue: str
    position: int
    wait_s: float
    low_s: float
    high_s: float
    is_told: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class InteractionDequeued(Event):
    interaction: str
    queue: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CallbackScheduled(Event):
    """A callback waits for its time. ``queued_at``: the clock it keeps; ``reason``: requested, busy, ..."""

    interaction: str
    queue: str
    priority: int
    queued_at: float
    due_at: float
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactDialled(Event):
    """The contact of a callback rings. ``tries``: this one included."""

    interaction: str
    leg: str
    tries: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DecisionMade(Event):
    receipt: Receipt


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferMade(Event):
    offer: Offer
    queue: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferAccepted(Event):
    offer: str
    interaction: str
    agent: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferDeclined(Event):
    offer: str
    interaction: str
    agent: str
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferExpired(Event):
    offer: str
    interaction: str
    agent: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferRescinded(Event):
    offer: str
    interaction: str
    agent: str
    reason: str
    is_leg_failure: bool = False  # the phone or the switch failed: others are asked first


@dataclass(frozen=True, slots=True, kw_only=True)
class InteractionConnected(Event):
    interaction: str
    agent: str
    waited_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class TalkEnded(Event):
    interaction: str
    agent: str
    by: str
    cause: str
    talk_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class WrapUpStarted(Event):
    interaction: str
    agent: str
    until: float


@dataclass(frozen=True, slots=True, kw_only=True)
class WrapUpExtended(Event):
    interaction: str
    agent: str
    until: float


@dataclass(frozen=True, slots=True, kw_only=True)
class WrapUpEnded(Event):
    interaction: str
    agent: str
    disposition: str
    notes: str
    timed_out: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class InteractionClosed(Event):
    interaction: str
    outcome: Outcome
    cause: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SettingsAdopted(Event):
    """From now on these settings hold (a start, a new revision): what replay needs to know."""

    settings: Settings


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteRevised(Event):
    """The site's files were published, or refused (``problems``; the old revision serves on)."""

    revision: str  # in force now
    by: str
    why: str
    problems: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageStored(Event):
    """A text message of an interaction exists (either direction). Not the router's: made by the message service."""

    interaction: str
    message: str
    direction: str  # "in" from the contact, "out" to the contact
    author: str  # "contact", "flow", "system" or an agent id
    medium: Medium = Medium.TEXT


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageAdvanced(Event):
    """An outgoing message came further, or not: what its author must know. Made by the outbox worker and receipts."""

    interaction: str
    message: str
    state: str  # "queued" again, "failed", "unknown", "delivered", "read"
    error: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordingFinished(Event):
    interaction: str
    recording: str
    seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactTransferred(Event):
    """A flow has joined a contact with somebody, or tried to. Not the router's: made by ``services.transfers``.

    ``kind``: "agent", "extension", "outside"; ``result``: "talked" (the other side ended it), "left" (the contact did),
    "busy", "no_answer", "failed", "not_allowed".
    """

    interaction: str
    kind: str
    target: str
    result: str
    seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class TranscriptReady(Event):
    interaction: str
    recording: str
    engine: str
    turns: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketOpened(Event):
    """A flow (or a colleague, then without an interaction) opened a ticket."""

    interaction: str
    ticket: int
    level: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketChanged(Event):
    """``by`` an agent or "admin"; ``state`` and ``assignee`` as they are now."""

    interaction: str
    ticket: int
    by: str
    state: str
    assignee: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SurveyAnswered(Event):
    interaction: str
    survey: str
    score: int
    is_low: bool
