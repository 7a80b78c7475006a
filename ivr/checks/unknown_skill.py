"""A skill nobody has named."""

from __future__ import annotations

from collections.abc import Iterator

from ivr.check import Check
from ivr.graph import Survey
from ivr.problems import Problem, did_you_mean, quote


class UnknownSkill(Check):
    """Skills of queues and agents must be in the list ``skills``."""

    code = "unknown_skill"

    def find(self, survey: Survey) -> Iterator[Problem]:
        site = survey.site
        owners = {("queues", name): queue.skills for name, queue in site.queues.items()}
        owners |= {("agents", name): agent.skills for name, agent in site.agents.items()}
        for path, skills in owners.items():
            for skill in skills:
                if skill not in site.skills:
                    place = site.place(*path, "skills", skill, key=True)
                    mend = did_you_mean(skill, site.skills, f"add {skill} to the list 'skills'")
                    yield self.problem(place, f"there is no skill {quote(skill)}", mend)
