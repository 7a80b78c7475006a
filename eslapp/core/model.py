"""The nouns of the contact centre, as immutable records.

Owns: contacts, interactions, agents, offers, queues and their states.
Not here: how they change (``router``), what happened (``events``), where rows live (``eslapp.store``).

Times are POSIX seconds (float, UTC) in fields named ``*_at``; durations are seconds in ``*_s``.
Ids are opaque strings made by ``eslapp.ids``; a FreeSWITCH channel is a "leg" here.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum


class Medium(StrEnum):
    """What an interaction occupies of an agent: one ear, or a share of attention."""

    VOICE = "voice"
    TEXT = "text"


class Presence(StrEnum):
    """What the agent says of themselves. Only AVAILABLE receives offers."""

    OFFLINE = "offline"
    AVAILABLE = "available"
    BREAK = "break"
    RNA = "rna"  # put off after an offer rang out; ends only when the agent says so


class PhoneTest(StrEnum):
    """What came of the last echo call to an agent's phone, at the address where it is registered now."""

    UNTESTED = ""
    RUNNING = "running"
    PASSED = "passed"  # they heard it, and sound or a key came back by the way of the sound
    UNANSWERED = "unanswered"
    UNHEARD = "unheard"  # answered, but nobody said that they hear it
    MUTE = "mute"  # heard, but no sound came from the phone


class InteractionState(StrEnum):
    """Where one matter stands. The transitions are the table in ``router``."""

    IN_FLOW = "in_flow"
    SCHEDULED = "scheduled"  # a callback that is not due yet
    QUEUED = "queued"
    OFFERED = "offered"
    CONNECTING = "connecting"  # accepted, the legs are being joined
    CONNECTED = "connected"
    WRAP_UP = "wrap_up"
    CLOSED = "closed"


class OfferState(StrEnum):
    """The life of one reservation of an agent for an interaction."""

    PENDING = "pending"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    EXPIRED = "expired"  # RNA: ring, no answer
    RESCINDED = "rescinded"  # the contact left, or the switch failed: the agent is not blamed


class TalkState(StrEnum):
    """Who is with whom while an interaction is connected; the transitions are the table in ``tables``."""

    DIRECT = "direct"  # contact and agent
    HELD = "held"  # the contact hears music, the agent nothing
    CONSULTING = "consulting"  # the contact hears music, the agent talks with a colleague
    THREE_WAY = "three_way"  # all three


class GuestState(StrEnum):
    """What somebody beside contact and agent does in a talk."""

    RINGING = "ringing"
    CONSULTED = "consulted"  # with the agent alone
    JOINED = "joined"  # with both
    LISTENING = "listening"  # these three: a supervisor
    WHISPERING = "whispering"  # only the agent hears them
    BARGING = "barging"  # both hear them
    GONE = "gone"


class Outcome(StrEnum):
    """How an interaction ended."""

    HANDLED = "handled"
    ABANDONED = "abandoned"
    SELF_SERVICE = "self_service"
    OVERFLOWED = "overflowed"
    LOST = "lost"  # the leg was gone when the daemon came back
    CALLBACK = "callback"  # the call ended with the promise to call back
    CANCELLED = "cancelled"  # a callback nobody needs any more: the contact came again, or somebody called it off
    NOT_REACHED = "not_reached"  # a callback whose tries are used up


@dataclass(frozen=True, slots=True)
class Contact:
    """A person on the other side. ``addresses``: ``(scope, external_id)``, e.g. ``("tel", "+8613800138000")``."""

    id: str
    name: str = ""
    level: str = ""
    language: str = ""
    addresses: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Guest:
    """Somebody beside contact and agent. ``id`` names their leg as an offer's does: who takes over, has that offer."""

    id: str
    who: str  # an agent, or a number outside
    kind: str = "agent"  # "agent", "outside", "supervisor", "participant" (of a text)
    state: GuestState = GuestState.RINGING
    wanted: str = ""  # of a supervisor whose phone rings: what they do once they answer


@dataclass(frozen=True, slots=True)
class Interaction:
    """One matter with one contact on one channel.

    ``queued_at`` is the clock of the place in line: it is set once and kept over requeues and restarts.
    ``leg`` is the contact's leg (voice) or the conversation id (text); a callback has none while nobody dials.
    ``chain`` is the first interaction of the matter (its own id where it is the first), ``parent`` the one before.
    """

    id: str
    contact: str
    channel: str
    medium: Medium
    leg: str
    opened_at: float
    state: InteractionState = InteractionState.IN_FLOW
    flow: str = ""
    language: str = ""
    subject: str = ""
    queue: str = ""
    priority: int = 0
    queued_at: float | None = None
    agent: str = ""
    offer: str = ""
    connected_at: float | None = None
    ended_at: float | None = None
    closed_at: float | None = None
    outcome: Outcome | None = None
    disposition: str = ""
    notes: str = ""
    wrap_up_until: float | None = None  # only in WRAP_UP: when the router ends it
    parent: str = ""
    chain: str = ""
    address: str = ""  # of a callback: the number to call
    due_at: float | None = None  # of a callback: not before
    tries: int = 0  # of a callback: how often the contact was dialled
    level: str = ""  # of the contact, e.g. "vip"
    urgency: str = ""  # e.g. "high"
    head_start_s: float = 0.0  # it counts as having come so much earlier
    reply_by: float | None = None  # the channel lets us answer until then
    relaxed: int = 0  # how many steps of its queue's relaxing are over
    wanted: str = ""  # the agent who is asked first: the last one, or one by name
    held_until: float | None = None  # nobody but ``wanted`` is asked before
    skills: dict[str, int] = field(default_factory=dict)  # what this contact needs beside the queue's
    talk: TalkState = TalkState.DIRECT
    guests: tuple[Guest, ...] = ()
    here_since: float | None = None  # in this queue, for its longest wait; None: it is kept over the night
    own_ways: str = ""  # reasons, with blanks between, for which its flow says itself what happens
    overflow: str = ""  # why it was sent out of the line last; "" in line

    def guest(self, name: str) -> Guest | None:
        """The guest of this id."""
        return next((guest for guest in self.guests if guest.id == name), None)

    @property
    def consulted(self) -> Guest | None:
        """Who was asked into the talk by its agent."""
        return next((guest for guest in self.guests if guest.kind in ("agent", "outside")), None)

    @property
    def writers(self) -> tuple[str, ...]:
        """The agents who may write in it: its own, and who was asked into it."""
        return (self.agent, *(guest.who for guest in self.guests if guest.kind == "participant"))


@dataclass(frozen=True, slots=True)
class Agent:
    """One agent. ``capacity``: how many fit at once of each slot: "voice", "text", or a channel that has its own."""

    id: str
    name: str
    extension: str
    skills: dict[str, int] = field(default_factory=dict)
    languages: tuple[str, ...] = ()
    capacity: dict[str, int] = field(default_factory=lambda: {Medium.VOICE: 1, Medium.TEXT: 3})  # by slot
    auto_accept: tuple[str, ...] = ()  # slots whose offers are taken at once
    presence: Presence = Presence.OFFLINE
    reason: str = ""
    phone_registered: bool = False
    phone_contact: str = ""  # where it is registered, or was last: what a test holds for
    phone_test: PhoneTest = PhoneTest.UNTESTED
    idle_since: float = 0.0  # end of the last work; the longest idle agent is first
    next_presence: Presence | None = None  # taken when the present work is done
    next_reason: str = ""


@dataclass(frozen=True, slots=True)
class Offer:
    """One reservation. ``leg`` is the agent's leg (voice only), known before it rings.

    It is live, i.e. it holds the agent, until ``ended_at``: an accepted one to the end of wrap-up.
    """

    id: str
    interaction: str
    agent: str
    medium: Medium
    offered_at: float
    expires_at: float
    state: OfferState = OfferState.PENDING
    leg: str = ""
    queue: str = ""
    reason: str = ""  # of a declined or rescinded one
    ended_at: float | None = None


@dataclass(frozen=True, slots=True)
class Relax:
    """After so long in line these skill levels are enough (0: not asked for any more)."""

    after_s: float
    skills: dict[str, int] = field(default_factory=dict)
    any_language: bool = False


@dataclass(frozen=True, slots=True)
class HeadStart:
    """How much earlier than they did some contacts count as having come, in seconds; the parts add up."""

    priority_s: float = 300.0  # per step of the flow's priority, 0 to 9
    levels: dict[str, float] = field(default_factory=dict)  # by the contact's level
    urgencies: dict[str, float] = field(default_factory=dict)
    channels: dict[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Queue:
    """The settings of one queue (from ``site.yaml``).

    ``skills`` are required, ``prefers`` too until the first step of ``relax`` (or ``PREFER_S``, where there is none).
    ``language``: "any"; "prefer": who speaks the contact's comes first; "require".
    """

    name: str
    skills: dict[str, int] = field(default_factory=dict)
    strategy: str = "longest_idle"
    ring_s: float = 20.0
    wrap_up_s: float = 60.0
    target_s: float = 20.0
    target_share: float = 0.8
    label: dict[str, str] = field(default_factory=dict)
    callback_tries: int = 3
    callback_retry_s: float = 300.0
    prefers: dict[str, int] = field(default_factory=dict)
    relax: tuple[Relax, ...] = ()
    language: str = "any"
    head_start: HeadStart = HeadStart()
    sticky_s: float = 20.0  # how long the last (or named) agent is waited for
    wrap_up_more_s: float = 120.0  # how much longer "need more time" may make the wrap-up
    limit: int | None = None  # how many wait at most
    longest_wait_s: float | None = None  # and for how long
    overflow: dict[str, str] = field(default_factory=dict)  # "REASON:MEDIUM" -> "queue NAME", or a kind of the flow's


@dataclass(frozen=True, slots=True)
class Loser:
    """Why one agent did not get the interaction: the first failing reason only."""

    agent: str
    reason: str  # e.g. "presence:break", "skill:orders", "capacity:voice", "phone-unregistered", "later-idle"


@dataclass(frozen=True, slots=True)
class Receipt:
    """One routing decision, complete enough to be judged later (``zongji why``)."""

    id: str
    interaction: str
    queue: str
    at: float
    winner: str  # agent id, or "" where nobody could be offered
    strategy: str
    candidates: tuple[tuple[str, float], ...]  # (agent, score), best first
    lost: dict[str, tuple[str, ...]]  # reason -> the agents who failed by it first
    position: int
    waiting: int
    revision: str = ""  # of the settings that were in force
    asked: tuple[str, ...] = ()  # all who got an offer, where several did
    step: int = 0  # how far the queue's requirements had relaxed

    @property
    def losers(self) -> tuple[Loser, ...]:
        """Everybody who was not asked, by id."""
        return tuple(sorted((Loser(agent, why) for why, agents in self.lost.items() for agent in agents), key=_agent))


def _agent(loser: Loser) -> str:
    return loser.agent
