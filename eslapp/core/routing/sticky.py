"""Sticky: the agent they talked with last (or one by name) is waited for a while; then the longest idle is asked."""

from __future__ import annotations

from ..model import Agent
from .base import Ask, Strategy, idle_s


class Sticky(Strategy):
    """The score is that of ``longest_idle``; the wanted agent comes before any score, see ``ranked``."""

    type = "sticky"
    lost = "later-idle"
    holds = True

    def score(self, agent: Agent, ask: Ask) -> float:
        return idle_s(agent, ask)
