"""Ring all: up to ten able agents are asked at once, and the first to accept has it."""

from __future__ import annotations

from ..model import Agent
from .base import Ask, Strategy, idle_s


class RingAll(Strategy):
    """The longest idle are among the ten; nobody is put off for letting it ring."""

    type = "ring_all"
    lost = "enough-asked"
    at_once = 10

    def score(self, agent: Agent, ask: Ask) -> float:
        return idle_s(agent, ask)
