"""Sticky: the agent they talked with last (or one by name) is waited for a while; then the longest idle is asked."""

from __future__ import annotations

from ..model import Agent
from .base import Ask, Strategy


class Sticky(Strategy):
    """The score is the idle time in seconds; the wanted agent comes before any score, see ``ranked``."""

    type = "sticky"
    lost = "later-idle"
    holds = True

    def score(self, agent: Agent, ask: Ask) -> float:
        return max(0.0, ask.at - agent.idle_since)
