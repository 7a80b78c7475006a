"""What an agent must know to be asked: required skills with levels.

Not here: whether the agent has room now (``capacity``), who of the able ones is asked (``routing``).
"""

from __future__ import annotations

from .model import Agent, Queue


def missing_skill(agent: Agent, queue: Queue) -> str:
    """The first required skill (by name) the agent lacks or has at too low a level; ``""`` if none.

    >>> missing_skill(Agent("1", "Ann", "1001", skills={"orders": 1}), Queue("vip", skills={"orders": 2}))
    'orders'
    """
    for skill, level in sorted(queue.skills.items()):
        if agent.skills.get(skill, 0) < level:
            return skill
    return ""
