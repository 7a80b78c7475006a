"""The facts a switch reports, as small records. ``at`` is the switch's own instant (UTC seconds).

Owns: their names and fields. A FreeSWITCH "channel" is a leg here. Not here: how they are read (``switch_events``).

>>> LegAnswered(at=1.0, leg="u")
LegAnswered(at=1.0, leg='u')
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """Base of all facts."""

    at: float


@dataclass(frozen=True, slots=True, kw_only=True)
class LegFact(Fact):
    """Something about one leg. ``variables`` are its channel variables then, as far as the event carried them."""

    leg: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LegCreated(LegFact):
    direction: str  # "inbound": it called us; "outbound": we called it
    caller_number: str
    caller_name: str
    destination: str
    variables: Mapping[str, str] = field(default_factory=dict, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class LegAnswered(LegFact):
    variables: Mapping[str, str] = field(default_factory=dict, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class LegBridged(LegFact):
    """``leg`` is the A leg (the one that asked), ``other`` its partner. Raised once per bridge."""

    other: str
    variables: Mapping[str, str] = field(default_factory=dict, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class LegUnbridged(LegFact):
    other: str
    cause: str  # "" where no hang-up ended the bridge


@dataclass(frozen=True, slots=True, kw_only=True)
class LegHungUp(LegFact):
    """The leg is over. ``answered_at`` is 0.0 where it never was answered; ``sip_status`` 0 where unknown."""

    cause: str
    answered_at: float
    sip_status: int
    variables: Mapping[str, str] = field(default_factory=dict, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class LegParked(LegFact):
    variables: Mapping[str, str] = field(default_factory=dict, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class LegRests(LegFact):
    """It has come to the dialplan's ``zj-rest`` and waits there without a connection to us."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AppCompleted(LegFact):
    """An application ended. ``app_uuid`` is the ``Event-UUID`` of the order, if it was ordered by ``sendmsg``."""

    app_uuid: str
    app: str
    response: str
    variables: Mapping[str, str] = field(default_factory=dict, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class DigitPressed(LegFact):
    digit: str
    duration_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordingStopped(LegFact):
    """``seconds`` is what the switch says it recorded, ``bytes`` what it says it wrote: they can disagree."""

    path: str
    seconds: float
    bytes: int
    cause: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PhoneRegistered(Fact):
    user: str
    domain: str
    contact: str
    expires_s: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PhoneUnregistered(Fact):
    user: str
    domain: str
    expired: bool  # True: it fell silent; False: it signed off


@dataclass(frozen=True, slots=True, kw_only=True)
class JobDone(Fact):
    """A ``bgapi`` command is over; ``result`` is what ``api`` would have answered."""

    job: str
    command: str
    result: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SwitchBeat(Fact):
    """The switch's own heartbeat, every 20 seconds."""

    sessions: int
    uptime_s: float
