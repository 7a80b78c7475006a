"""What each strategy's case file gives: agents, the question, and who comes in which order."""

from __future__ import annotations

from dataclasses import dataclass, field

from eslapp.core.model import Agent, Interaction, Medium, Queue
from eslapp.core.routing import Ask


@dataclass(frozen=True)
class Case:
    """``order``: the ids from the first asked to the last."""

    agents: list[Agent]
    order: list[str]
    queue_skills: dict[str, int] = field(default_factory=dict)
    last_winner: str = ""
    live: dict[str, int] = field(default_factory=dict)
    at: float = 100.0
    wanted: str = ""


def who(name: str, idle_since: float = 0.0, **skills: int) -> Agent:
    return Agent(name, name, name, skills=skills, idle_since=idle_since)


def ask_of(case: Case, strategy: str) -> Ask:
    ids = sorted(agent.id for agent in case.agents)
    return Ask(
        at=case.at,
        queue=Queue("q", skills=case.queue_skills, strategy=strategy),
        interaction=Interaction("i", "c", "voice", Medium.VOICE, "l", 0.0, wanted=case.wanted),
        last_winner=case.last_winner,
        agent_count=len(ids),
        place_of=lambda agent: len([one for one in ids if one < agent]),
        live=lambda agent: case.live.get(agent, 0),
    )
