"""What the router was told: queues, agents and rules. Changes only by a new revision of the site.

``queues_of`` and ``agents_of`` take any object shaped like ``ivr``'s site; this package does not import that one.
Not here: what agents do now (``world``), how a site is written and checked (``ivr``).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Protocol

from .model import Agent, HeadStart, Medium, Queue, Relax
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
    channels_during_call: tuple[str, ...] = ()  # these may come anyway (each has a capacity of its own)
    calls_during_channels: tuple[str, ...] = ()  # and these a call may interrupt anyway
    offers_per_pass: int = 5  # how many offers one RouteWaiting makes at most: the hub is not held longer
    readiness: str = "registered"  # before an agent gets calls, their phone is: "off", "registered", "audible" (tested)


@dataclass(frozen=True, slots=True)
class Settings:
    """``agents`` carry who they are; presence and phone in them are only the start for somebody never seen."""

    queues: dict[str, Queue] = field(default_factory=dict)
    agents: dict[str, Agent] = field(default_factory=dict)
    rules: Rules = field(default_factory=Rules)
    revision: str = ""
    slots: tuple[str, ...] = field(init=False, compare=False)  # voice, text, and channels with a capacity of their own

    def __post_init__(self) -> None:
        own = {slot for agent in self.agents.values() for slot in agent.capacity}
        media = [medium.value for medium in Medium]
        object.__setattr__(self, "slots", (*media, *sorted(own - set(media))))

    def slot(self, channel: str, medium: Medium) -> str:
        """What an interaction of this channel takes of an agent."""
        return channel if medium is Medium.TEXT and channel in self.slots else medium.value

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


def doing_as(who: Agent, doing: Agent | None) -> Agent:
    """Who an agent is, by the site, and what they do now, by the rows."""
    if doing is None:
        return who
    return replace(
        who,
        presence=doing.presence,
        reason=doing.reason,
        phone_registered=doing.phone_registered,
        phone_contact=doing.phone_contact,
        phone_test=doing.phone_test,
        idle_since=doing.idle_since,
        next_presence=doing.next_presence,
        next_reason=doing.next_reason,
    )


def rules_of(written: Any) -> Rules:
    """The site's house rules (its ``routing``), or the usual ones."""
    if written is None:
        return Rules()
    told = {name: getattr(written, name) for name in Rules.__slots__ if hasattr(written, name)}
    for name, channels in (
        ("chats_during_call", "channels_during_call"),
        ("calls_during_chats", "calls_during_channels"),
    ):
        if not isinstance(told[name], bool):  # only some channels
            told |= {name: False, channels: tuple(told[name])}
    return Rules(**told)


def queues_of(site: SiteShape) -> dict[str, Queue]:
    """The site's queues as the router knows them; ``ValueError`` naming a queue with an unknown strategy."""
    return {name: queue_of(name, written) for name, written in site.queues.items()}


def agents_of(site: SiteShape) -> dict[str, Agent]:
    """The site's agents as the router knows them: the extension is the id."""
    return {
        extension: Agent(
            id=extension,
            name=written.name,
            extension=extension,
            skills=dict(written.skills),
            languages=tuple(written.languages),
            capacity=written.capacity.by_slot(),
            auto_accept=tuple(written.auto_accept),
        )
        for extension, written in site.agents.items()
    }


def queue_of(name: str, written: Any) -> Queue:
    """One of them, as the router knows it; ``ValueError`` where its strategy is unknown."""
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
        label=dict(written.label.spoken) if written.label is not None else {},
        callback_tries=written.callback.tries,
        callback_retry_s=written.callback.retry_s,
        prefers=dict(written.prefers),
        relax=tuple(Relax(one.after_s, dict(one.skills), one.language == "any") for one in written.relax),
        language=written.language,
        head_start=HeadStart(
            written.head_start.priority_s,
            dict(written.head_start.level),
            dict(written.head_start.urgency),
            dict(written.head_start.channel),
        ),
        sticky_s=written.sticky_s,
        wrap_up_more_s=written.wrap_up_more_s,
        limit=written.limit,
        longest_wait_s=written.longest_wait_s,
        overflow=written.overflow.kinds(),
    )
