"""The contract of a channel: from a provider's bytes to events, and from an outbox row to the provider.

Owns: the records and the abstract class. Not here: storing (``webhooks.inbox``), sending order (``webhooks.sender``),
what an event leads to (the message service).

A channel is stateless: what it must remember are rows.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import ClassVar

from eslapp.store.inbox import RawEvent


class Forged(Exception):
    """The bytes do not prove that they come from whom they claim: refused, nothing is stored."""


class Kind(StrEnum):
    """What an inbound event is. UNKNOWN is kept and shown as such, never an error."""

    TEXT = "text"
    ENDED = "ended"  # the contact closed the conversation
    RECEIPT = "receipt"  # an outgoing message was delivered or read
    UNKNOWN = "unknown"


class SendState(StrEnum):
    """What became of one try to send. UNKNOWN (the answer was lost) is never repeated blindly."""

    SENT = "sent"
    RETRY = "retry"  # certainly not taken; again later
    FAILED = "failed"  # will never be taken
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Delivery:
    """One raw event of a request, before it is understood. ``external_key`` makes a repeat harmless."""

    external_key: str
    address: str
    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class InboundEvent:
    """One understood event. ``address`` is the contact's on this channel; ``at`` the provider's clock or None.

    ``client_id`` is the sender's own id of a message; ``provider_id`` the provider's. ``interaction`` is named by an
    ENDED event; ``receipt`` ("delivered", "read") by a RECEIPT one.
    """

    kind: Kind
    address: str
    text: str = ""
    client_id: str = ""
    provider_id: str = ""
    language: str = ""
    name: str = ""
    at: float | None = None
    interaction: str = ""
    receipt: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class OutboundText:
    """One message to send. ``message`` is its id here: the idempotency key where the provider takes one."""

    message: str
    account: str
    address: str
    text: str
    options: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class SendResult:
    """The answer of ``send``; ``error`` is for the agent, ``retry_after_s`` for RETRY."""

    state: SendState
    provider_id: str = ""
    error: str = ""
    retry_after_s: float = 0.0


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What the channel can do; what it cannot is rendered as text."""

    text_cap: int  # characters of one message
    has_buttons: bool = False
    has_receipts: bool = False
    is_idempotent: bool = False  # the provider drops repeats of the same id: a lost answer may be sent again


class Channel(ABC):
    """One channel. ``type`` is the file's name; ``example`` a delivery that a test parses."""

    type: ClassVar[str]
    capabilities: ClassVar[Capabilities]
    example: ClassVar[Delivery]

    @abstractmethod
    def verify(self, body: bytes, headers: Mapping[str, str], secrets: Mapping[str, str]) -> None:
        """Raise ``Forged`` unless the raw bytes are the provider's. Constant time, nothing parsed before."""

    @abstractmethod
    def parse(self, raw: RawEvent) -> list[InboundEvent]:
        """The events of one stored row; what is not understood is ``Kind.UNKNOWN``."""

    @abstractmethod
    def send(self, outgoing: OutboundText) -> SendResult:
        """Try once to hand the message over, within seconds. Never raises for the provider's faults."""
