"""What may be asked of the router: imperative records. ``at`` is the instant of the asking (UTC seconds).

Answered by ``Router.decide`` with past-tense events or with ``Refused``.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from .agent_commands import EndPhoneTest as EndPhoneTest
from .agent_commands import SetPhone as SetPhone
from .agent_commands import SetPresence as SetPresence
from .agent_commands import TestPhone as TestPhone
from .command import Command as Command
from .model import Medium, Outcome
from .talk_commands import AnswerGuest as AnswerGuest
from .talk_commands import CallContact as CallContact
from .talk_commands import CompleteTransfer as CompleteTransfer
from .talk_commands import DismissGuest as DismissGuest
from .talk_commands import HoldContact as HoldContact
from .talk_commands import InviteParticipant as InviteParticipant
from .talk_commands import LeaveConversation as LeaveConversation
from .talk_commands import ResumeContact as ResumeContact
from .talk_commands import StartConsult as StartConsult
from .talk_commands import StartThreeWay as StartThreeWay
from .talk_commands import Supervise as Supervise
from .talk_commands import TakeOver as TakeOver
from .talk_commands import TransferInteraction as TransferInteraction

AGENT_GONE = "agent-gone"  # the reason by which a running conversation is taken back; a call is never


@dataclass(frozen=True, slots=True)
class Refused:
    """A business refusal: a value, not an exception. The web answers 409 with the same ``code``."""

    code: str  # e.g. "agent-busy", "offer-gone", "unknown-agent"
    detail: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenInteraction(Command):
    interaction: str
    contact: str
    channel: str  # "voice", "webchat", ...
    medium: Medium
    leg: str
    flow: str
    language: str = ""
    subject: str = ""
    parent: str = ""  # the interaction this one follows, e.g. the call a voicemail was left in
    level: str = ""  # of the contact
    wanted: str = ""  # the agent they talked with last
    queue: str = ""  # work that nobody is on the line for (a message): in this line from the first moment
    stood_in: str = ""  # the queue its contact left to go on here, and the clock they had there
    stood_since: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class EnqueueInteraction(Command):
    """``language``: what the contact speaks, as the flow knows it now ("" keeps what was known).

    A call of somebody who waits for a callback takes the callback's place, and the callback is cancelled.
    """

    interaction: str
    queue: str
    priority: int = 0
    language: str = ""
    level: str = ""  # "" keeps what was known, as for the following
    urgency: str = ""
    wanted: str = ""  # the agent they talked with last; waited for where the queue's strategy says so
    hold_s: float | None = None  # ``wanted`` was asked for by name, and is asked alone for so long
    skills: dict[str, int] = field(default_factory=dict)  # beside the queue's
    reply_by: float | None = None  # the channel lets us answer until then
    own_ways: tuple[str, ...] = ()  # reasons for which the flow says itself what happens
    is_kept: bool = False  # over the night: no limit of the queue's wait applies


@dataclass(frozen=True, slots=True, kw_only=True)
class TurnAway(Command):
    """The flow has sent the contact elsewhere before they stood in line."""

    interaction: str
    queue: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SetOpening(Command):
    """The queue's calendar opens or closes it."""

    queue: str
    is_open: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewQueue(Command):
    """Does anybody still wait where it is closed, or where nobody is there?"""

    queue: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ExpireWait(Command):
    """The queue's longest wait is over."""

    interaction: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkInteraction(Command):
    """It goes on from another one: whose contact it is and which chain it belongs to is known only now."""

    interaction: str
    contact: str
    parent: str
    chain: str
    stood_in: str = ""  # the queue in which the other one has a place, and its clock there
    stood_since: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RelaxSkills(Command):
    """The next step of the queue's relaxing is due."""

    interaction: str


@dataclass(frozen=True, slots=True, kw_only=True)
class EndHold(Command):
    """The wanted agent was waited for long enough."""

    interaction: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RenewReplyWindow(Command):
    """Until when the channel lets us answer the waiting contact now; None: no limit, or no answer left."""

    interaction: str
    reply_by: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class EndReplyWindow(Command):
    """The channel does not let us answer the waiting contact any more: the haste is over."""

    interaction: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AnnouncePlace(Command):
    """The contact shall be told their place, unless it is further back than ``at_most`` (what was said before)."""

    interaction: str
    at_most: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AnnounceWait(Command):
    """The contact shall be told how long it will take; the figure is kept and scored later."""

    interaction: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LeaveQueue(Command):
    """The flow takes the contact out of the line again (leave-key, overflow)."""

    interaction: str
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestCallback(Command):
    """The contact of ``parent`` (a call, a chat) shall be called back at ``address``: ``interaction`` is its new id.

    It keeps place, clock and priority of the parent where that stood in ``queue``; who talks with an agent already has
    had their turn. ``due_at``: not before (None: as soon as an agent is free and the contact has hung up). ``queue``
    "": the parent's. ``promised_by``: the agent who is asked first, for the queue's ``sticky_s``.
    """

    interaction: str
    parent: str
    address: str
    queue: str = ""
    priority: int | None = None  # None: the parent's
    due_at: float | None = None
    promised_by: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class StartCallback(Command):
    """A callback is due: into the line, unless the contact is still on the phone with us."""

    interaction: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DialContact(Command):
    """The agent has answered; the contact of the callback is dialled on ``leg`` now."""

    interaction: str
    leg: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MissContact(Command):
    """The dialled contact was not reached: again later while tries are left. The agent is free at once.

    ``reason``: "busy", "no-answer", "refused", "hung-up", "failed".
    """

    interaction: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CloseInteraction(Command):
    """The contact is gone (hang-up, chat ended) or the flow is over; the state decides what that means.

    Queued or offered: abandoned, a pending offer is rescinded. Connected: wrap-up of the agent begins.
    """

    interaction: str
    outcome: Outcome | None = None
    cause: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class AcceptOffer(Command):
    offer: str
    agent: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DeclineOffer(Command):
    offer: str
    agent: str
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ExpireOffer(Command):
    offer: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RescindOffer(Command):
    """The switch could not ring or join the agent's leg: old place back, agent not blamed.

    With the reason ``AGENT_GONE`` a conversation that is under way, too: its agent's browser was closed.
    """

    offer: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ConnectInteraction(Command):
    """The two sides really hear (or read) each other now."""

    interaction: str


@dataclass(frozen=True, slots=True, kw_only=True)
class EndTalk(Command):
    """The conversation is over; the agent's wrap-up begins. ``by``: "contact", "agent", "switch"."""

    interaction: str
    by: str
    cause: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class FinishWrapUp(Command):
    interaction: str
    agent: str
    disposition: str
    notes: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ExtendWrapUp(Command):
    """ "Need more time": so much longer, up to the queue's limit."""

    interaction: str
    agent: str
    seconds: float = 60.0


@dataclass(frozen=True, slots=True, kw_only=True)
class ExpireWrapUp(Command):
    interaction: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RouteWaiting(Command):
    """Match waiting work with free agents; asked after every change."""
