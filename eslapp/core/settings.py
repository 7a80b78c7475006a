"""What the router was told: queues, agents and rules. Changes only by a new revision of the site.

Not here: what agents do now (``world``), how a site is written (``ivr.loader``).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from .model import Agent, Queue


@dataclass(frozen=True, slots=True)
class Rules:
    """The house rules of routing; the defaults suit most sites."""

    cool_down_s: float = 30.0  # a decliner is not asked for the same interaction again before
    join_s: float = 30.0  # an accepted offer that is not connected this long after its ring time is rescinded
    chats_during_call: bool = False  # may an agent on a call (ringing to wrap-up) get chats
    calls_during_chats: bool = True  # may an agent with chats get a call
    offers_per_pass: int = 20  # how many offers one RouteWaiting makes at most: the hub is not held longer


@dataclass(frozen=True, slots=True)
class Settings:
    """``agents`` carry who they are; presence and phone in them are only the start for somebody never seen."""

    queues: dict[str, Queue] = field(default_factory=dict)
    agents: dict[str, Agent] = field(default_factory=dict)
    rules: Rules = field(default_factory=Rules)
    revision: str = ""

    @classmethod
    def of(
        cls, queues: Iterable[Queue], agents: Iterable[Agent], *, rules: Rules | None = None, revision: str = ""
    ) -> Settings:
        """From plain lists."""
        return cls(
            {queue.name: queue for queue in queues}, {agent.id: agent for agent in agents}, rules or Rules(), revision
        )

    def queue(self, name: str) -> Queue:
        """The queue of this name; one that was deleted while people waited in it is served by anybody."""
        return self.queues.get(name) or Queue(name)
