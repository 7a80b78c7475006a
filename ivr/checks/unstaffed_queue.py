"""A queue that no agent could ever serve."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import ClassVar

from ivr.check import Check
from ivr.graph import Survey
from ivr.problems import Problem, nearest, quote
from ivr.routing_settings import Capacity
from ivr.site import AgentSettings, QueueSettings, Site
from ivr.step import TEXT, VOICE
from ivr.steps.queue import Queue
from ivr.steps.voicemail import Voicemail


class UnstaffedQueue(Check):
    """For each medium that comes to a queue, one agent needs its skills and room for that medium."""

    code = "unstaffed_queue"
    needs_names = ("queues", "agents", "skills")
    chinese: ClassVar[dict[str, str]] = {
        "no agent can take the calls of queue {}": "没有坐席能接队列 {} 的电话",
        "no agent can take the chats of queue {}": "没有坐席能接队列 {} 的会话",
        "no agent can take the calls and chats of queue {}": "没有坐席能接队列 {} 的电话和会话",
        "give an agent the capacity {} or more": "请给一个坐席至少 {} 的容量",
        "give an agent skills {} and capacity {} or more": "请给坐席技能 {} 和至少 {} 的容量",
    }

    def find(self, survey: Survey) -> Iterator[Problem]:
        site = survey.site
        if site.unread.known("agents", ()):
            return  # what such an agent can do is not known
        agents = [_meant(site, extension) for extension in site.agents]
        for name, queue in site.queues.items():
            if any(skill not in site.skills for skill in queue.skills) or not site.unread.is_whole("queues", name):
                continue
            media = [one for one in self._media(survey, name) if not _is_served(agents, queue, one)]
            if media:
                what = {VOICE: "calls", TEXT: "chats"}[media[0]] if len(media) == 1 else "calls and chats"
                wanted = ", ".join(f"{skill}: {level}" for skill, level in queue.skills.items())
                room = "{" + ", ".join(f"{medium}: 1" for medium in sorted(media, reverse=True)) + "}"
                mend = f"give an agent skills {{{wanted}}} and capacity {room} or more"
                if not wanted:
                    mend = f"give an agent the capacity {room} or more"
                text = f"no agent can take the {what} of queue {quote(name)}"
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
        if name in survey.site.unread.words and not reached:  # a step that could not be read may lead there
            return sorted(medium for medium, graph in survey.graphs.items() if graph.reached)
        return sorted(reached | ({TEXT} if messages else set()))  # a message is read and heard like a text


def _meant(site: Site, extension: str) -> AgentSettings:
    """An agent with misspelt skills as they were probably meant (``unknown_skill`` tells of them), and with all where
    something of the entry could not be read."""
    agent = site.agents[extension]
    if not site.unread.is_whole("agents", extension):
        return agent.model_copy(update={"skills": dict.fromkeys(site.skills, 10), "capacity": Capacity()})
    meant = {nearest(skill, site.skills): level for skill, level in agent.skills.items() if skill not in site.skills}
    return agent.model_copy(update={"skills": {**meant, **agent.skills}}) if meant else agent


def _is_served(agents: Iterable[AgentSettings], queue: QueueSettings, medium: str) -> bool:
    return any(_can_serve(agent, queue, medium) for agent in agents)


def _can_serve(agent: AgentSettings, queue: QueueSettings, medium: str) -> bool:
    has_room = (agent.capacity.voice if medium == VOICE else agent.capacity.text) > 0
    return has_room and all(agent.skills.get(skill, 0) >= level for skill, level in queue.skills.items())
