"""The contract of a channel: from a provider's request to events, and from an outbox row to the provider.

Owns: the records and the abstract class. Not here: storing (``webhooks.inbox``), sending order and windows
(``webhooks.sender``), tokens and HTTP (``webhooks.provider_tools``), what an event leads to (the message service).

A channel is stateless: what it must remember are rows. It reads the clock and asks the outside only through ``tools``.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any, ClassVar

from pydantic import BaseModel, ConfigDict

from eslapp.store.inbox import RawEvent

from ..pace import Pace
from .access import Gone

if TYPE_CHECKING:
    from ..provider_tools import Tools
    from ..trunk_facts import TrunkFacts


class Forged(Exception):
    """The bytes do not prove that they come from whom they claim: refused, nothing is stored."""


class Malformed(Exception):
    """The bytes are genuine (or unsigned) but are nothing the provider would send: 400, nothing is stored."""


class Kind(StrEnum):
    """What an inbound event is. UNKNOWN is kept and shown as such, never an error."""

    TEXT = "text"  # words, attachments, or both; a pressed button or menu line is the text of its key
    EVENT = "event"  # the contact followed, entered, scanned ...: ``event`` names it; may open a reply window
    ECHO = "echo"  # written to the contact from elsewhere in our name (the provider's own app): kept as ours
    EDITED = "edited"  # the contact changed the words of a message: ``provider_id`` names it, ``text`` is what they are
    RECALLED = "recalled"  # the contact took a message back: ``provider_id`` names it, its words are hidden
    MISSED = "missed"  # a call that never reached us: ``address`` called, ``provider_id`` is the call's, ``error`` why
    ENDED = "ended"  # the contact closed the conversation
    RECEIPT = "receipt"  # an outgoing message was delivered, read or failed
    PULL = "pull"  # there is something to fetch: ``Channel.pull`` is called, with ``text``; ``event``: another's own_id
    UNKNOWN = "unknown"


class SendState(StrEnum):
    """What became of one try to send. UNKNOWN (the answer was lost) is never repeated blindly."""

    SENT = "sent"
    RETRY = "retry"  # certainly not taken; again later
    FAILED = "failed"  # will never be taken
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Request:
    """One HTTP request as it came. ``url`` is what the provider called (public base and raw path and query)."""

    method: str
    url: str
    query: Mapping[str, str]
    headers: Mapping[str, str]  # names in lower case
    body: bytes
    at: float  # our clock, UTC seconds
    pass_key: str = field(default="", repr=False)  # seals what we tell ourselves by way of the provider

    def header(self, name: str) -> str:
        """A header, "" where it is absent."""
        return self.headers.get(name.lower(), "")


@dataclass(frozen=True, slots=True)
class Delivery:
    """One raw event of a request, before it is understood. ``external_key`` makes a repeat harmless.

    ``address`` is the contact's: events of one address are worked on in order. One per event: a broken one harms none.
    """

    external_key: str
    address: str
    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict)
    whose: str = ""  # ``own_id`` of another account that it is for
    proof: str = field(default="", repr=False)  # what proves it, where that covers no body: good for this event only


@dataclass(frozen=True, slots=True)
class Received:
    """What a request brought, and the answer it gets once the deliveries are committed (a handshake brings none)."""

    deliveries: tuple[Delivery, ...] = ()
    body: bytes = b""
    content_type: str = "text/plain; charset=utf-8"
    status: int = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Attachment:
    """Something that is not words. ``ref`` is what ``fetch`` takes (a provider's id or address; "": nothing to fetch).

    ``kind``: image audio video file sticker location link contact card. ``facts`` are what it says of itself:
    latitude, longitude, title, url, description, phone, appid, page ...
    """

    kind: str
    ref: str = ""
    name: str = ""
    content_type: str = ""
    facts: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class InboundEvent:
    """One understood event. ``address`` is the contact's on this channel; ``at`` the provider's clock or None, ``turn``
    its order (in seconds) within what has the same ``at``. ``client_id`` is the sender's own id of a message;
    ``provider_id`` the provider's. ``interaction`` is named by an ENDED event; ``receipt`` ("sent", "delivered",
    "read", "failed") by a RECEIPT one, with ``provider_id``, or ``until`` where it is of all up to then; its ``text``
    are the words, where they are told. ``member_id`` is the contact's id in the business's own system, proved (signed)
    by this channel; ``unions`` are wider ids, ``(scope, id)``, that the provider vouches for; ``claims`` unproved ones.
    """

    kind: Kind
    address: str
    text: str = ""
    attachments: tuple[Attachment, ...] = ()
    event: str = ""
    client_id: str = ""
    provider_id: str = ""
    reply_to: str = ""
    language: str = ""
    name: str = ""
    at: float | None = None
    turn: float = 0.0
    interaction: str = ""
    receipt: str = ""
    error: str = ""
    until: float | None = None
    member_id: str = ""
    unions: tuple[tuple[str, str], ...] = ()
    claims: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class OutboundFile:
    """A file to send, or one that was fetched. ``url``: our address for it, of channels that are fetching."""

    kind: str
    name: str
    content_type: str
    content: bytes
    url: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class OutboundText:
    """One message (or one part of a long one) to send. ``message`` is its id here: the idempotency key where the
    provider takes one. ``card`` is a rich message in the channel's own terms, ``template`` one for after the window.
    """

    message: str
    account: str
    address: str
    text: str
    part: int = 0
    failures: int = 0  # how often the provider took this part and it failed after all: a repeat is meant then
    options: tuple[tuple[str, str], ...] = ()
    files: tuple[OutboundFile, ...] = ()
    card: Mapping[str, Any] = field(default_factory=dict)
    template: Mapping[str, Any] = field(default_factory=dict)
    is_automatic: bool = False  # no person wrote it
    is_again: bool = False  # whether the last try arrived nobody knows: ask first, where the provider can be asked
    written_at: float = 0.0
    is_late: bool = False  # the window is over, and a person may still answer
    reply_to: str = ""  # the provider's id of the contact's message this answers
    last_inbound: str = ""  # the provider's id of the contact's newest message
    last_facts: Mapping[str, Any] = field(default_factory=dict)  # of its first attachment: a mail's subject ...

    @property
    def key(self) -> str:
        """The idempotency key's end, behind the message's id: the same part has the same, until it failed."""
        return f"{self.part}r{self.failures}" if self.failures else str(self.part)

    @property
    def question(self) -> str:
        """The words without the numbered lines of a menu, where the channel shows its options itself."""
        lines, count = self.text.split("\n"), len(self.options)
        tail = lines[len(lines) - count :]
        is_listed = all(line.startswith(key) for line, (key, _) in zip(tail, self.options, strict=False))
        return "\n".join(lines[:-count]).strip() if tail and is_listed and len(lines) > count else self.text


@dataclass(frozen=True, slots=True)
class SendResult:
    """``error``: a code above, or the provider's own; ``detail`` is for the log, ``retry_after_s`` for RETRY."""

    state: SendState
    provider_id: str = ""
    error: str = ""
    retry_after_s: float = 0.0
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Grant:
    """What a contact's act allows: so many messages (None: any number) within so many seconds."""

    within_s: float
    messages: int | None = None
    person_within_s: float = 0.0  # so long agents may still answer, where flows may not any more


@dataclass(frozen=True, slots=True)
class Takes:
    """Which files of a kind a channel takes; others are converted ``otherwise`` ("": they cannot be sent)."""

    types: frozenset[str]
    most_bytes: int
    otherwise: str = ""


DAY_S = 86400.0
READ, TYPING = "read", "typing"  # signals: an agent has seen what the contact said last, writes just now
MIB = 1024 * 1024
PICTURES = frozenset({"image/jpeg", "image/png"})


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What the channel can do; what it cannot is rendered as text.

    ``grants`` by what the contact did: "message", or the name of an EVENT. Empty: we may always write.
    """

    text_cap: int  # of one message, in ``text_unit``
    text_unit: str = "characters"  # or "bytes"
    has_buttons: bool = False
    has_receipts: bool = False
    is_idempotent: bool = False  # the provider drops repeats of the same id: a lost answer may be sent again
    signals: frozenset[str] = frozenset()  # READ, TYPING: those that the provider shows to the contact
    sends: frozenset[str] = frozenset()  # kinds of attachments that can be sent
    takes: Mapping[str, Takes] = field(default_factory=dict)  # by kind; a kind that is absent: as it is
    is_fetching: bool = False  # the provider takes no bytes: it fetches files at our public address
    grants: Mapping[str, Grant] = field(default_factory=dict)
    is_whole: bool = False  # files and words go out as one message; else each file by itself, then the words
    has_templates: bool = False  # a template may be sent after the window
    pulls_every_s: float | None = None  # ``pull`` is called this often, and at every PULL event
    automatic_an_hour: int = 0  # so many messages of flows an address gets at most, 0: any; else machines talk for ever
    pace: Pace | None = None  # how fast an address may be written to
    body_cap: int = 1024 * 1024  # bytes of one request


class ChannelOptions(BaseModel):
    """What ``site.yaml`` may say of a channel beside ``type`` and ``flow``; each channel adds its own keys.

    Secrets are written as ``$(env.NAME)``; ``api`` replaces the provider's address (another region, a test).
    """

    model_config = ConfigDict(extra="forbid")

    SECRETS: ClassVar[frozenset[str]] = frozenset()  # keys that must never stand in the file itself
    api: str = ""
    templates: dict[str, dict[str, Any]] = {}  # by a name agents know, in the provider's own terms; after the window
    cards: dict[str, dict[str, Any]] = {}  # the same, for mini-program and other cards


@dataclass(frozen=True, slots=True)
class Account:
    """One entry of ``channels:`` with its secrets filled in. ``options`` is the channel's own model."""

    name: str
    type: str
    flow: str
    options: Any = field(repr=False)

    def api(self, usual: str) -> str:
        """The provider's base address, without a slash at the end."""
        return (self.options.api or usual).rstrip("/")


@dataclass(frozen=True, slots=True)
class Page:
    """What one pull brought. ``cursor`` is stored with the deliveries, in one transaction."""

    deliveries: tuple[Delivery, ...]
    cursor: str
    has_more: bool = False


class Channel(ABC):
    """One channel. ``type`` is the file's name; ``example`` a delivery that a test parses."""

    type: ClassVar[str]
    capabilities: ClassVar[Capabilities]
    example: ClassVar[Delivery]
    Options: ClassVar[type[ChannelOptions]] = ChannelOptions
    signed_with: ClassVar[str] = "secret"  # the option that proves a delivery
    EXAMPLE_OPTIONS: ClassVar[dict[str, Any]] = {}  # what ``zongji channel add`` writes and the docs show
    EXAMPLE_SECRETS: ClassVar[dict[str, str]] = {}  # values of its ``$(env.NAME)``, for tests only

    @abstractmethod
    def receive(self, request: Request, account: Account) -> Received:
        """The deliveries of a request. ``Forged`` unless the raw bytes are the provider's (constant time, nothing
        parsed before), ``Malformed`` where they are nothing of its kind. Pure but for the arguments."""

    def admits(self, headers: Mapping[str, str], account: Account) -> int:
        """The most bytes of a request with these headers that are read at all; 0: not one, it is refused."""
        return self.capabilities.body_cap

    @abstractmethod
    def parse(self, raw: RawEvent, account: Account) -> list[InboundEvent]:
        """The events of one stored row; what is not understood is ``Kind.UNKNOWN``. Never raises for the bytes."""

    @abstractmethod
    def send(self, outgoing: OutboundText, account: Account, tools: Tools) -> SendResult:
        """Try once to hand the message over, within seconds. ``Unreachable`` of the outside may go up."""

    def fetch(self, attachment: Attachment, account: Account, tools: Tools) -> OutboundFile:
        """The bytes of an attachment. ``Gone`` and ``TooLarge`` may go up: given up; else it is tried again."""
        raise Gone(f"{self.type} has nothing to fetch")

    def signal(self, signal: str, address: str, newest: str, account: Account, tools: Tools) -> None:
        """Show the contact one of ``signals``; ``newest`` is the provider's id of what they said last."""
        raise LookupError(f"{self.type} shows no {signal}")

    def pull(self, account: Account, tools: Tools, cursor: str, nudge: str = "") -> Page:
        """Fetch what is waiting from ``cursor`` ("" the first time) on. ``nudge``: what the provider's nudge said."""
        return Page((), cursor)

    def own_id(self, account: Account) -> str:
        """What the provider calls the account in its deliveries, of which one URL may get several's; "" for nothing."""
        return ""

    def claimed(self, request: Request) -> str:
        """The ``own_id`` that a request names before it is proved, where accounts prove with secrets of their own."""
        return ""

    def trunk(self, account: Account) -> TrunkFacts | None:
        """What the switch must know for calls to arrive this way; None where none do."""
        return None

    def check(self, account: Account, tools: Tools) -> list[str]:
        """What is misconfigured, asked of the provider itself: one line each, with the mend."""
        return []
