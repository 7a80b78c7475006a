"""Least busy first: whoever holds the fewest calls and chats now."""

from __future__ import annotations

from ..model import Agent
from .base import Ask, Strategy


class LeastBusy(Strategy):
    """The score is minus the number of live interactions."""

    type = "least_busy"
    lost = "busier"

    def score(self, agent: Agent, ask: Ask) -> float:
        return -float(ask.live(agent.id))
