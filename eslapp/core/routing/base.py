"""What a strategy is asked and what it answers: one number per able agent."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar

from ..model import Agent, Interaction, Queue


@dataclass(frozen=True, slots=True)
class Ask:
    """One question: which agent for this interaction of this queue, now."""

    at: float
    queue: Queue
    interaction: Interaction
    last_winner: str = ""  # who got the queue's latest offer
    agent_count: int = 1
    place_of: Callable[[str], int] = lambda agent: 0  # among all agents of the site by id, from 0
    live: Callable[[str], int] = lambda agent: 0  # how many interactions hold the agent
    given_at: Callable[[str], float] = lambda agent: 0.0  # when the latest of them was offered


class Strategy(ABC):
    """Ranks able agents. Equal scores are decided by who has been idle longest, then by id."""

    type: ClassVar[str]
    lost: ClassVar[str]  # the reason of those who were able but not first, for the receipt
    at_once: ClassVar[int] = 1  # how many of the best are asked at the same time; the first to accept has it
    holds: ClassVar[bool] = False  # whether the agent they talked with last is waited for (``Queue.sticky_s``)

    @abstractmethod
    def score(self, agent: Agent, ask: Ask) -> float:
        """The higher, the sooner asked."""


def idle_s(agent: Agent, ask: Ask) -> float:
    """How long the agent has had nothing. Who has something is behind all who are idle (below 0), and among
    themselves goes by who was given nothing new for the longest time."""
    if not ask.live(agent.id):
        return max(0.0, ask.at - agent.idle_since)
    return -1.0 / (1.0 + max(0.0, ask.at - ask.given_at(agent.id)))
