"""Round robin: everybody in turn, by id, starting after whoever got the queue's latest offer."""

from __future__ import annotations

from ..model import Agent
from .base import Ask, Strategy


class RoundRobin(Strategy):
    """The score is minus the number of agents to skip before it is this one's turn."""

    type = "round_robin"
    lost = "later-turn"

    def score(self, agent: Agent, ask: Ask) -> float:
        first = ask.place_of(ask.last_winner + "\0") if ask.last_winner else 0  # the next id, also if they left
        return -float((ask.place_of(agent.id) - first) % ask.agent_count)
