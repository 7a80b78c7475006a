"""A skill nobody has named."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from ivr.check import Check
from ivr.graph import Survey
from ivr.problems import Problem, did_you_mean, quote
from ivr.steps.queue import Queue


class UnknownSkill(Check):
    """Skills of queues, agents and queue steps must be in the list ``skills``."""

    code = "unknown_skill"
    needs_names = ("skills",)
    chinese: ClassVar[dict[str, str]] = {
        "there is no skill {}": "没有技能 {}",
        "add {} to the list 'skills'": "请把 {} 加进 'skills' 列表",
    }

    def find(self, survey: Survey) -> Iterator[Problem]:
        site = survey.site
        owners = {("queues", name): queue.skills for name, queue in site.queues.items()}
        owners |= {("agents", name): agent.skills for name, agent in site.agents.items()}
        asked = [
            (skill, site.place(*path, "skills", skill, key=True)) for path, skills in owners.items() for skill in skills
        ]
        for name, queue in site.queues.items():
            asked += [(skill, site.place("queues", name, "prefers", skill, key=True)) for skill in queue.prefers]
            for index, rule in enumerate(queue.relax):
                where = ("queues", name, "relax", index, "skills")
                asked += [(skill, site.place(*where, skill, key=True)) for skill in rule.skills]
        for _, step in survey.written():
            wanted = step.skills if isinstance(step, Queue) else {}
            asked += [(skill, step.place("skills", skill, key=True)) for skill in wanted]
        for skill, place in asked:
            if skill not in site.skills:
                mend = did_you_mean(skill, site.skills, f"add {skill} to the list 'skills'")
                yield self.problem(place, f"there is no skill {quote(skill)}", mend)
