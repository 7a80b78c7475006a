"""What a what-if changes: ``queue.sales.strategy=most_skilled``, ``rules.chats_during_call=yes``, two agents more.

>>> from eslapp.core.model import Queue
>>> settings = Settings.of([Queue("sales")], [])
>>> changed(settings, "queue.sales.ring_s=5").queues["sales"].ring_s
5.0
"""

from __future__ import annotations

from dataclasses import fields, replace
from typing import Any

from eslapp.core.model import Agent, Presence, Queue
from eslapp.core.routing import STRATEGIES
from eslapp.core.settings import Rules, Settings

from .workload import Shift, Workload

UNLIMITED: dict[str, type[int] | type[float]] = {"limit": int, "longest_wait_s": float}  # "no": without
WORDS = {"yes": True, "no": False, "true": True, "false": False}


class BadChange(ValueError):
    """What cannot be changed so; the text says what can."""


def changed(settings: Settings, wish: str) -> Settings:
    """With one setting otherwise."""
    path, equals, text = wish.partition("=")
    parts = path.strip().split(".")
    if not equals:
        raise BadChange(f"{wish!r}: write NAME=VALUE, e.g. queue.sales.strategy=most_skilled")
    if parts[0] == "rules" and len(parts) == 2:
        return replace(settings, rules=replace(settings.rules, **_one(settings.rules, parts[1], text)))
    if parts[0] == "queue" and len(parts) >= 3:
        return _with_queue(settings, parts[1], parts[2:], text)
    raise BadChange(f"{path!r}: there are queue.NAME.SETTING, queue.NAME.skills.SKILL and rules.SETTING")


def _with_queue(settings: Settings, name: str, path: list[str], text: str) -> Settings:
    queue = settings.queues.get(name)
    if queue is None:
        raise BadChange(f"no queue {name!r}; there are: {', '.join(sorted(settings.queues))}")
    if path[0] in ("skills", "prefers") and len(path) == 2:
        levels = {**getattr(queue, path[0]), path[1]: _number(text)}
        kept = {skill: round(level) for skill, level in levels.items() if level > 0}
        queue = replace(queue, skills=kept) if path[0] == "skills" else replace(queue, prefers=kept)
    elif len(path) == 1:
        queue = replace(queue, **_one(queue, path[0], text))
    else:
        raise BadChange(f"queue.{name}.{'.'.join(path)}: cannot be changed here")
    if queue.strategy not in STRATEGIES:
        raise BadChange(f"no strategy {queue.strategy!r}; there are: {', '.join(sorted(STRATEGIES))}")
    return replace(settings, queues={**settings.queues, name: queue})


def _one(record: Queue | Rules, name: str, text: str) -> dict[str, Any]:
    now = {field.name: getattr(record, field.name) for field in fields(record)}
    plain = {key: value for key, value in now.items() if isinstance(value, str | float | int)}
    if isinstance(record, Queue) and name in UNLIMITED:
        return {name: UNLIMITED[name](_number(text)) if text.strip() != "no" else None}
    if name not in plain or name == "name":
        raise BadChange(f"no setting {name!r} that could be changed; there are: {', '.join(sorted(plain))}")
    before = plain[name]
    if isinstance(before, bool):
        if text.strip().lower() not in WORDS:
            raise BadChange(f"{name}: {text!r} is not yes or no")
        return {name: WORDS[text.strip().lower()]}
    if isinstance(before, str):
        return {name: text.strip()}
    return {name: type(before)(_number(text))}


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise BadChange(f"{text!r} is not a number") from None


def staffed(settings: Settings, workload: Workload, more: int) -> tuple[Settings, Workload]:
    """With so many more agents (fewer: the last ones stay away). The new ones are like those there are, in turn."""
    known = sorted(settings.agents.values(), key=lambda agent: agent.id)
    if more < 0:
        away = {agent.id for agent in known[more:]}
        kept = {name: agent for name, agent in settings.agents.items() if name not in away}
        shifts = tuple(shift for shift in workload.shifts if shift.agent not in away)
        return replace(settings, agents=kept), replace(workload, shifts=shifts)
    added: dict[str, Agent] = {}
    shifts = workload.shifts
    for number in range(more if known else 0):
        like = known[number % len(known)]
        name = f"more-{number + 1}"
        added[name] = replace(like, id=name, name=name, extension=name, presence=Presence.OFFLINE)
        shifts += (Shift(workload.starts_at, name, presence=Presence.AVAILABLE, registered=True),)
    return replace(settings, agents={**settings.agents, **added}), replace(workload, shifts=shifts)
