"""What an agent must know to be asked: a queue's requirements, and how they relax while somebody waits.

Not here: whether the agent has room now (``capacity``), who of the able ones is asked (``routing``).
"""

from __future__ import annotations

from dataclasses import dataclass

from .model import Agent, Queue

PREFER_S = 30.0  # how long preferred skills are waited for where the queue does not say how they relax
Requirement = tuple[tuple[tuple[str, int], ...], str]  # (skill, least level) by name; the language, "" for any


@dataclass(frozen=True, slots=True)
class Step:
    """From ``after_s`` in line on this is asked for."""

    after_s: float
    skills: dict[str, int]
    any_language: bool

    def requirement(self, language: str) -> Requirement:
        """For a contact who speaks this."""
        return (tuple(sorted(self.skills.items())), "" if self.any_language else language)


def steps(queue: Queue) -> tuple[Step, ...]:
    """The requirements in the order of time; the first one holds at once.

    >>> from .model import Relax
    >>> [step.skills for step in steps(Queue("q", skills={"a": 2}, prefers={"b": 1}, relax=(Relax(30.0, {"a": 1}),)))]
    [{'a': 2, 'b': 1}, {'a': 1}]
    """
    asked = {**queue.skills, **queue.prefers}
    told = [Step(0.0, asked, queue.language != "require")]
    kept = {skill: level for skill, level in asked.items() if queue.prefers.get(skill, 0) <= queue.skills.get(skill, 0)}
    for relax in sorted(queue.relax, key=lambda one: one.after_s):
        lowered = {**kept, **relax.skills}
        kept = {skill: level for skill, level in lowered.items() if level > 0}
        told.append(Step(relax.after_s, kept, told[-1].any_language or relax.any_language))
    if queue.prefers and not queue.relax:
        told.append(Step(PREFER_S, dict(queue.skills), told[-1].any_language))
    return tuple(told)


def failing(agent: Agent, requirement: Requirement) -> str:
    """The first thing (skills by name, then the language) the agent lacks; ``""`` if nothing.

    >>> failing(Agent("1", "Ann", "1001", skills={"orders": 1}), ((("orders", 2),), ""))
    'level:orders'
    """
    skills, language = requirement
    for skill, level in skills:
        if agent.skills.get(skill, 0) < level:
            return f"{'level' if agent.skills.get(skill) else 'skill'}:{skill}"
    return f"language:{language}" if language and language not in agent.languages else ""


def liking(agent: Agent, queue: Queue, language: str) -> int:
    """How many of the queue's preferences the agent meets: who meets more comes first, whatever the strategy."""
    met = sum(agent.skills.get(skill, 0) >= level for skill, level in queue.prefers.items())
    return met + (queue.language == "prefer" and language in agent.languages)
