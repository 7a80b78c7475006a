"""Most skilled first: whoever has the highest levels in the skills that the queue and the contact ask for."""

from __future__ import annotations

from ..model import Agent
from .base import Ask, Strategy


class MostSkilled(Strategy):
    """The score is the sum of the agent's levels in all skills asked for: required, preferred, the contact's own."""

    type = "most_skilled"
    lost = "less-skilled"

    def score(self, agent: Agent, ask: Ask) -> float:
        asked = {**ask.queue.skills, **ask.queue.prefers, **ask.interaction.skills}
        return float(sum(agent.skills.get(skill, 0) for skill in asked))
