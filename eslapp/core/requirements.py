"""What each queue asks for, step by step, and which agents meet it: worked out once per revision of the settings.

Not here: the steps themselves (``skills``), who has room (``free_pool``).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from .model import Interaction
from .settings import Settings
from .skills import Requirement, Step, failing, steps
from .waiting import LineKey


@dataclass(frozen=True, slots=True)
class Requirements:
    """Requirements that several queues share are one."""

    settings: Settings
    steps: Mapping[str, tuple[Step, ...]]  # by queue
    lacking: Mapping[Requirement, Mapping[str, str]]  # requirement -> agent -> the first thing missing
    meeting: Mapping[str, tuple[Requirement, ...]]  # agent -> the requirements they meet
    spoken: frozenset[str]  # languages of any agent

    @classmethod
    def of(cls, settings: Settings) -> Requirements:
        """All of a site."""
        agents = settings.agents.values()
        spoken = frozenset(language for agent in agents for language in agent.languages)
        by_queue = {name: steps(queue) for name, queue in settings.queues.items()}
        asked = {
            step.requirement(language) for told in by_queue.values() for step in told for language in ("", *spoken)
        }
        lacking = {
            requirement: {agent.id: why for agent in agents if (why := failing(agent, requirement))}
            for requirement in sorted(asked)
        }
        meeting = {agent.id: tuple(one for one in lacking if agent.id not in lacking[one]) for agent in agents}
        return cls(settings, by_queue, lacking, meeting, spoken)

    def met_by(self, agent: str) -> tuple[Requirement, ...]:
        """What this agent is able to."""
        return self.meeting.get(agent, ())

    def of_interaction(self, interaction: Interaction) -> Requirement:
        """What is asked for now. A language that nobody speaks is not asked for."""
        told = self.steps[interaction.queue]
        language = interaction.language if interaction.language in self.spoken else ""
        asked, language = told[min(interaction.relaxed, len(told) - 1)].requirement(language)
        return (_stricter(asked, interaction.skills), language) if interaction.skills else (asked, language)

    def loosest(self, queue: str) -> Requirement:
        """What is asked of everybody at last."""
        return self.steps[queue][-1].requirement("")

    def loosest_of(self, interaction: Interaction, queue: str) -> Requirement:
        """What is asked for at last where this contact waits in ``queue``: their language and own skills, too."""
        return self.of_interaction(replace(interaction, queue=queue, relaxed=len(self.steps[queue]) - 1))

    def knowing(self, requirement: Requirement) -> Requirements:
        """With one that no queue asks for by itself: a contact's own."""
        agents = self.settings.agents.values()
        lacks = {agent.id: why for agent in agents if (why := failing(agent, requirement))}
        meeting = {agent: met if agent in lacks else (*met, requirement) for agent, met in self.meeting.items()}
        return replace(self, lacking={**self.lacking, requirement: lacks}, meeting=meeting)

    def line_of(self, interaction: Interaction) -> LineKey:
        """The line it stands in while it waits."""
        slot = self.settings.slot(interaction.channel, interaction.medium)
        only = interaction.wanted if interaction.held_until is not None else ""
        return (interaction.queue, slot, self.of_interaction(interaction), only)

    def next_relax_at(self, interaction: Interaction) -> float | None:
        """When fewer skills are enough."""
        told = self.steps[interaction.queue]
        following = interaction.relaxed + 1
        if following >= len(told) or interaction.queued_at is None:
            return None
        return interaction.queued_at + told[following].after_s

    def relaxed_after(self, queue: str, waited_s: float) -> int:
        """The step of somebody who has waited so long already."""
        return sum(step.after_s <= waited_s for step in self.steps[queue][1:])


def _stricter(asked: tuple[tuple[str, int], ...], own: Mapping[str, int]) -> tuple[tuple[str, int], ...]:
    levels = dict(asked)
    for skill, level in own.items():
        levels[skill] = max(level, levels.get(skill, 0))
    return tuple(sorted(levels.items()))
