"""What happens to a talk between its beginning and its end: holds, transfers, consultations, supervisors.

Part of ``events``, which names them all. Not here: their meaning (``talk_changes``), what may follow what (``tables``).
"""

from __future__ import annotations

from dataclasses import dataclass

from .event import Event
from .model import Guest, Offer


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactHeld(Event):
    """The contact hears music; the talk goes on later."""

    interaction: str
    agent: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactResumed(Event):
    """Contact and agent hear each other again."""

    interaction: str
    agent: str


@dataclass(frozen=True, slots=True, kw_only=True)
class InteractionTransferred(Event):
    """The agent has handed the interaction on and is free. ``kind``: "queue", "agent" or "outside"."""

    interaction: str
    agent: str
    offer: str
    kind: str
    target: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsultStarted(Event):
    """The contact is held; somebody is called for the agent."""

    interaction: str
    agent: str
    guest: Guest


@dataclass(frozen=True, slots=True, kw_only=True)
class GuestAnswered(Event):
    """The agent and whom they called talk; the contact waits."""

    interaction: str
    guest: str
    who: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsultEnded(Event):
    """The agent is alone again, the contact still held. ``reason``: hung-up, busy, no-answer, cancelled, ..."""

    interaction: str
    guest: str
    who: str
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ThreeWayStarted(Event):
    """All three hear each other."""

    interaction: str
    guest: str
    who: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ThreeWayEnded(Event):
    """The third has left; contact and agent go on."""

    interaction: str
    guest: str
    who: str
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class TalkHandedOver(Event):
    """Another agent has the talk now: by an attended transfer, or a supervisor who took it over."""

    interaction: str
    agent: str  # who had it
    former: str  # their offer
    guest: str
    offer: Offer  # of who has it now
    is_takeover: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class SupervisionStarted(Event):
    """A supervisor's phone rings. ``wanted``: what they will do when they answer."""

    interaction: str
    guest: Guest
    wanted: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SupervisorListened(Event):
    """They hear both and are heard by nobody."""

    interaction: str
    guest: str
    who: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SupervisorWhispered(Event):
    """The agent hears them, the contact does not."""

    interaction: str
    guest: str
    who: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SupervisorBarged(Event):
    """Both hear them."""

    interaction: str
    guest: str
    who: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SupervisionEnded(Event):
    """The supervisor is gone."""

    interaction: str
    guest: str
    who: str
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ParticipantJoined(Event):
    """A colleague reads and writes along in a conversation."""

    interaction: str
    agent: str  # who asked them
    guest: Guest


@dataclass(frozen=True, slots=True, kw_only=True)
class ParticipantLeft(Event):
    """They are out of it again."""

    interaction: str
    guest: str
    who: str
