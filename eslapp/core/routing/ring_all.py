"""Ring all: up to ten able agents are asked at once, and the first to accept has it."""

from __future__ import annotations

from ..model import Agent
from .base import Ask, Strategy


class RingAll(Strategy):
    """The longest idle are among the ten; nobody is put off for letting it ring."""

    type = "ring_all"
    lost = "enough-asked"
    at_once = 10

    def score(self, agent: Agent, ask: Ask) -> float:
        return max(0.0, ask.at - agent.idle_since)
