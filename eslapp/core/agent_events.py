"""What has happened to agents and their phones; a part of ``events``."""

from __future__ import annotations

from dataclasses import dataclass

from .event import Event
from .model import PhoneTest, Presence


@dataclass(frozen=True, slots=True, kw_only=True)
class PresenceChanged(Event):
    agent: str
    presence: Presence
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class NextPresenceSet(Event):
    """What the agent will be when the present work is done; None: what they are now."""

    agent: str
    presence: Presence | None
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PhoneChanged(Event):
    agent: str
    registered: bool
    contact: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PhoneTestStarted(Event):
    """The agent's phone is rung for a test; ``test`` names the leg."""

    agent: str
    test: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PhoneTested(Event):
    agent: str
    result: PhoneTest
