"""What the router was told: queues, agents and rules. Changes only by a new revision of the site.

``queues_of`` and ``agents_of`` take any object shaped like ``ivr``'s site; this package does not import that one.
Not here: what agents do now (``world``), how a site is written and checked (``ivr``).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from .model import Agent, Medium, Queue
from .routing import strategy


class SiteShape(Protocol):
    """What is read of a site: ``queues`` and ``agents``, each by name."""

    @property
    def queues(self) -> Mapping[str, Any]: ...
    @property
    def agents(self) -> Mapping[str, Any]: ...


@dataclass(frozen=True, slots=True)
class Rules:
    """The house rules of routing; the defaults suit most sites."""

    cool_down_s: float = 30.0  # a decliner is not asked for the same interaction again before
    join_s: float = 30.0  # an accepted offer that is not connected this long after its ring time is rescinded
    chats_during_call: bool = False  # may an agent on a call (ringing to wrap-up) get chats
    calls_during_chats: bool = True  # may an agent with chats get a call
    offers_per_pass: int = 5  # how many offers one RouteWaiting makes at most: the hub is not held longer


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
        named = {queue.name: queue for queue in queues}
        return cls(named, {agent.id: agent for agent in agents}, rules or Rules(), revision)

    def queue(self, name: str) -> Queue:
        """The queue of this name; one that was deleted while people waited in it is served by anybody."""
        return self.queues.get(name) or Queue(name)


def queues_of(site: SiteShape) -> dict[str, Queue]:
    """The site's queues as the router knows them; ``ValueError`` naming a queue with an unknown strategy."""
    return {name: _queue(name, written) for name, written in site.queues.items()}


def agents_of(site: SiteShape) -> dict[str, Agent]:
    """The site's agents as the router knows them: the extension is the id."""
    return {
        extension: Agent(
            id=extension,
            name=written.name,
            extension=extension,
            skills=dict(written.skills),
            languages=tuple(written.languages),
            capacity={Medium.VOICE: written.capacity.voice, Medium.TEXT: written.capacity.text},
        )
        for extension, written in site.agents.items()
    }


def _queue(name: str, written: Any) -> Queue:
    try:
        strategy(written.strategy)
    except KeyError as error:
        raise ValueError(f"site.yaml: queues: {name}: {error.args[0]}") from None
    return Queue(
        name,
        skills=dict(written.skills),
        strategy=written.strategy,
        ring_s=written.ring_s,
        wrap_up_s=written.wrap_up_s,
        target_s=written.target.within_s,
        target_share=written.target.share,
        label=dict(written.label.root) if written.label is not None else {},
        callback_tries=written.callback.tries,
        callback_retry_s=written.callback.retry_s,
    )
