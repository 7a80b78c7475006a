"""What a what-if changes: ``queue.sales.strategy=most_skilled``, ``rules.chats_during_call=yes``, two agents more.

A queue's settings go by the router's names in seconds (``ring_s=5``) or as in ``site.yaml`` (``written``).

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
from .written import WORDS, BadChange, rules_written, unknown, written

UNLIMITED: dict[str, type[int] | type[float]] = {"limit": int, "longest_wait_s": float}  # "no": without
YES_NO = {"yes": True, "no": False, "true": True, "false": False}
CLOSED = {
    "strategy": tuple(sorted(STRATEGIES)),
    "language": ("any", "prefer", "require"),
    "readiness": ("off", "registered", "audible"),
}
AT_LEAST = {"ring_s": 1.0, "callback_tries": 1.0, "offers_per_pass": 1.0, "longest_wait_s": 1.0, "limit": 1.0}
AT_MOST = {"target_share": 1.0, "callback_tries": 20.0}
MOST = 604_800.0  # of anything: a week of seconds
MOST_AGENTS = 1_000


def changed(settings: Settings, wish: str) -> Settings:
    """With one setting otherwise."""
    path, equals, text = wish.partition("=")
    parts, text = path.strip().split("."), text.strip()
    if not equals:
        example = "queue.sales.strategy=most_skilled"
        raise BadChange(f"{wish!r}: write NAME=VALUE, e.g. {example}", f"请写成 NAME=VALUE，例如 {example}")
    if parts[0] == "rules" and len(parts) == 2:
        return replace(settings, rules=replace(settings.rules, **_one(settings.rules, parts[1], text)))
    if parts[0] == "queue" and len(parts) >= 3:
        return _with_queue(settings, parts[1], parts[2:], text)
    known = "queue.NAME.SETTING, queue.NAME.SETTING.PART, rules.SETTING"
    raise BadChange(f"{path!r}: there are {known}", f"可写 {known}")


def changed_all(settings: Settings, workload: Workload, wish: str) -> tuple[Settings, Workload]:
    """The same in all the settings that the day had; where one has no such queue yet, in those that have."""
    told = [settings, *(one.settings for one in workload.revisions)]
    made: list[Settings] = []
    refused: list[BadChange] = []
    for one in told:
        try:
            made.append(changed(one, wish))
        except BadChange as error:
            made.append(one)
            refused.append(error)
    if len(refused) == len(told):
        raise refused[-1]
    revisions = [replace(one, settings=now) for one, now in zip(workload.revisions, made[1:], strict=True)]
    return made[0], replace(workload, revisions=tuple(revisions))


def _with_queue(settings: Settings, name: str, path: list[str], text: str) -> Settings:
    queue = settings.queues.get(name)
    if queue is None:
        raise unknown("queue", name, settings.queues)
    if path[0] in ("skills", "prefers") and len(path) == 2:
        levels = {**getattr(queue, path[0]), path[1]: round(_number(path[1], text, at_most=10.0))}
        kept = {skill: level for skill, level in levels.items() if level > 0}
        queue = replace(queue, skills=kept) if path[0] == "skills" else replace(queue, prefers=kept)
    elif path[0] in WORDS and not _is_ours(path, text):
        queue = written(queue, path, text)
    elif len(path) == 1:
        queue = replace(queue, **_one(queue, path[0], text))
    else:
        raise unknown("setting", path[0], WORDS)
    _must_be_there(settings, queue)
    return replace(settings, queues={**settings.queues, name: queue})


def _is_ours(path: list[str], text: str) -> bool:
    """The router's own name and form, where the word of ``site.yaml`` is the same."""
    return len(path) == 1 and path[0] in ("strategy", "language", "limit") and not text.startswith(("[", "{"))


def _must_be_there(settings: Settings, queue: Queue) -> None:
    """Skills that somebody has, queues that there are: else nobody would be served, for a letter."""
    had = {skill for agent in settings.agents.values() for skill in agent.skills}
    had |= {skill for one in settings.queues.values() for skill in (*one.skills, *one.prefers)}
    asked = {*queue.skills, *queue.prefers, *(skill for step in queue.relax for skill in step.skills)}
    for skill in sorted(asked - had):
        raise unknown("skill", skill, had)
    for to in (kind.removeprefix("queue ") for kind in queue.overflow.values() if kind.startswith("queue ")):
        if to not in settings.queues:
            raise unknown("queue", to, settings.queues)


def _one(record: Queue | Rules, name: str, text: str) -> dict[str, Any]:
    if isinstance(record, Rules) and (name in ("cool_down", "join") or text.startswith("[")):
        return rules_written(name, text)
    now = {field.name: getattr(record, field.name) for field in fields(record)}
    plain = {key: value for key, value in now.items() if isinstance(value, str | float | int) and key != "name"}
    if isinstance(record, Queue) and name in UNLIMITED:
        return {name: UNLIMITED[name](_number(name, text)) if text != "no" else None}
    if name not in plain:
        known = {*plain, *((*UNLIMITED, *WORDS) if isinstance(record, Queue) else ("cool_down", "join"))}
        raise unknown("setting", name, known)
    before = plain[name]
    if isinstance(before, bool):
        return {name: YES_NO[_word(name, text.lower(), tuple(YES_NO))]}
    if isinstance(before, str):
        return {name: _word(name, text, CLOSED[name])}
    return {name: type(before)(_number(name, text))}


def _word(name: str, text: str, known: tuple[str, ...]) -> str:
    if text not in known:
        raise BadChange(
            f"{name}: no {text!r}; there are: {', '.join(known)}", f"{name}：没有“{text}”，可用：{'、'.join(known)}"
        )
    return text


def _number(name: str, text: str, *, at_most: float = MOST) -> float:
    """Finite, within sense: a day is lived through with it."""
    least, most = AT_LEAST.get(name, 0.0), AT_MOST.get(name, at_most)
    try:
        number = float(text)
    except ValueError:
        raise BadChange(f"{name}: {text!r} is not a number", f"{name}：“{text}”不是数字") from None
    if not least <= number <= most:  # neither is "not a number" (nan)
        span = f"{least:g} - {most:g}"
        raise BadChange(f"{name}: {text} is out of range ({span})", f"{name}：{text} 超出范围（{span}）")
    return number


def staffed(settings: Settings, workload: Workload, more: int) -> tuple[Settings, Workload]:
    """With so many more agents (fewer: the last ones stay away). The new ones are like those there are, in turn."""
    everybody = {name: agent for one in workload.revisions for name, agent in one.settings.agents.items()}
    known = sorted({**everybody, **settings.agents}.values(), key=lambda agent: agent.id)
    if not -len(known) <= more <= MOST_AGENTS:
        span = f"-{len(known)} .. +{MOST_AGENTS}"
        raise BadChange(f"--agents {more:+}: out of range ({span})", f"--agents {more:+}：超出范围（{span}）")
    if more < 0:
        away = {agent.id for agent in known[more:]}
        shifts = tuple(shift for shift in workload.shifts if shift.agent not in away)
        return _crews(settings, replace(workload, shifts=shifts), away, {})
    added: dict[str, Agent] = {}
    shifts = workload.shifts
    for number in range(more if known else 0):
        like = known[number % len(known)]
        name = f"more-{number + 1}"
        added[name] = replace(like, id=name, name=name, extension=name, presence=Presence.OFFLINE)
        shifts += (Shift(workload.starts_at, name, presence=Presence.AVAILABLE, registered=True),)
    return _crews(settings, replace(workload, shifts=shifts), set(), added)


def _crews(
    settings: Settings, workload: Workload, away: set[str], added: dict[str, Agent]
) -> tuple[Settings, Workload]:
    def crew(one: Settings) -> Settings:
        kept = {name: agent for name, agent in one.agents.items() if name not in away}
        return replace(one, agents={**kept, **added})

    revisions = tuple(replace(one, settings=crew(one.settings)) for one in workload.revisions)
    return crew(settings), replace(workload, revisions=revisions)
