"""A small site for the tests of the FreeSWITCH configuration: plain records in the shape of ``ivr``'s Site."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Agent:
    name: str


@dataclass(frozen=True)
class Site:
    numbers: dict[str, object] = field(default_factory=lambda: {"1000": "main", "+864001234567": "main"})
    agents: dict[str, Agent] = field(default_factory=lambda: {"1001": Agent("坐席一"), "1002": Agent("Two")})
    languages: tuple[str, ...] = ("zh", "en")


@dataclass(frozen=True)
class Secrets:
    esl_password: str = "an-event-socket-password-of-32-ch"
    agents: dict[str, dict[str, str]] = field(
        default_factory=lambda: {ext: {"sip_password": f"a-sip-password-for-{ext}"} for ext in ("1001", "1002")}
    )
