"""Most skilled first: whoever has the highest levels in the skills the queue asks for."""

from __future__ import annotations

from ..model import Agent
from .base import Ask, Strategy


class MostSkilled(Strategy):
    """The score is the sum of the agent's levels in the queue's skills."""

    type = "most_skilled"
    lost = "less-skilled"

    def score(self, agent: Agent, ask: Ask) -> float:
        return float(sum(agent.skills.get(skill, 0) for skill in ask.queue.skills))
