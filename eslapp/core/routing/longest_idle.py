"""Longest idle first: whoever has had nothing for the longest time is asked; who has chats already, after them."""

from __future__ import annotations

from ..model import Agent
from .base import Ask, Strategy, idle_s


class LongestIdle(Strategy):
    """The score is the idle time in seconds; below 0 who has something already."""

    type = "longest_idle"
    lost = "later-idle"

    def score(self, agent: Agent, ask: Ask) -> float:
        return idle_s(agent, ask)
