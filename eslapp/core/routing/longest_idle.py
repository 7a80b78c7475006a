"""Longest idle first: whoever finished work longest ago is asked."""

from __future__ import annotations

from ..model import Agent
from .base import Ask, Strategy


class LongestIdle(Strategy):
    """The score is the idle time in seconds."""

    type = "longest_idle"
    lost = "later-idle"

    def score(self, agent: Agent, ask: Ask) -> float:
        return max(0.0, ask.at - agent.idle_since)
