"""A queue that no agent could ever serve."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from ivr.check import Check
from ivr.graph import Survey
from ivr.problems import Problem, quote
from ivr.site import AgentSettings, QueueSettings
from ivr.step import TEXT, VOICE
from ivr.steps.queue import Queue
from ivr.steps.voicemail import Voicemail


class UnstaffedQueue(Check):
    """For each medium that comes to a queue, one agent needs its skills and room for that medium."""

    code = "unstaffed_queue"
    chinese: ClassVar[dict[str, str]] = {
        "no agent can take the calls of queue {}": "没有坐席能接队列 {} 的电话",
        "no agent can take the chats of queue {}": "没有坐席能接队列 {} 的会话",
        "give an agent skills {} and capacity {} or more": "请给坐席技能 {} 和至少 {} 的容量",
    }

    def find(self, survey: Survey) -> Iterator[Problem]:
        site = survey.site
        for name, queue in site.queues.items():
            for medium in self._media(survey, name):
                if not any(_can_serve(agent, queue, medium) for agent in site.agents.values()):
                    what = "calls" if medium == VOICE else "chats"
                    wanted = ", ".join(f"{skill}: {level}" for skill, level in queue.skills.items()) or "capacity"
                    text = f"no agent can take the {what} of queue {quote(name)}"
                    mend = f"give an agent skills {{{wanted}}} and capacity {{{medium}: 1}} or more"
                    yield self.problem(site.place("queues", name, key=True), text, mend)

    def _media(self, survey: Survey, name: str) -> list[str]:
        fallback = survey.site.fallback.queue == name
        messages = any(isinstance(step, Voicemail) and step.queue == name for _, step in survey.steps())
        reached = {
            medium
            for medium in survey.graphs
            for _, step in survey.reached_steps(medium)
            if fallback or (isinstance(step, Queue) and step.name == name)
        }
        return sorted(reached | ({TEXT} if messages else set()))  # a message is read and heard like a text


def _can_serve(agent: AgentSettings, queue: QueueSettings, medium: str) -> bool:
    has_room = (agent.capacity.voice if medium == VOICE else agent.capacity.text) > 0
    return has_room and all(agent.skills.get(skill, 0) >= level for skill, level in queue.skills.items())
