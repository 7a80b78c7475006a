"""From the author's site to the router's settings. Pure: one translation, in one place.

Not here: what the settings do (``core``), how they are written (``ivr.site``).
"""

from __future__ import annotations

from eslapp.core.model import Agent, Medium, Queue
from eslapp.core.routing import STRATEGIES
from ivr.problems import Problem
from ivr.site import Site


def queues_of(site: Site) -> dict[str, Queue]:
    """The waiting lines by name."""
    return {
        name: Queue(
            name=name,
            skills=dict(queue.skills),
            strategy=queue.strategy,
            ring_s=queue.ring_s,
            wrap_up_s=queue.wrap_up_s,
            target_s=queue.target.within_s,
            target_share=queue.target.share,
            label={language: queue.label_in(language, name) for language in site.languages},
        )
        for name, queue in site.queues.items()
    }


def agents_of(site: Site) -> dict[str, Agent]:
    """The agents by id, which is their extension."""
    return {
        extension: Agent(
            id=extension,
            name=agent.name,
            extension=extension,
            skills=dict(agent.skills),
            languages=tuple(agent.languages),
            capacity={Medium.VOICE: agent.capacity.voice, Medium.TEXT: agent.capacity.text},
        )
        for extension, agent in site.agents.items()
    }


def unknown_strategies(site: Site) -> list[Problem]:
    """Queues whose ``strategy`` is none of ours: the flow language cannot know the names."""
    found = []
    for name, queue in site.queues.items():
        if queue.strategy in STRATEGIES:
            continue
        place = site.place("queues", name, "strategy")
        text = f"queue {name} has the unknown strategy {queue.strategy!r}"
        mend = f"write one of: {', '.join(sorted(STRATEGIES))}"
        found.append(Problem(place.file, place.line, place.column, text, mend, code="strategy"))
    return found
