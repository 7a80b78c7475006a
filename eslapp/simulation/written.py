"""What-if changes in the words of ``site.yaml``: ``headstart.level.vip=10 min``, ``overflow.full={queue: repairs}``.

Owns: which of a queue's words the router knows, and putting a part beside what is there. Not here: the router's own
names (``changes``), what the words mean (``ivr.site``).

>>> written(Queue("sales", skills={"sales": 2}), ["headstart", "level", "vip"], "10 min").head_start.levels
{'vip': 600.0}
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from eslapp.core.model import HeadStart, Queue
from eslapp.core.routing import STRATEGIES
from eslapp.core.settings import queue_of, rules_of
from ivr.chinese import in_chinese
from ivr.problems import Problem, did_you_mean
from ivr.routing_settings import RoutingSettings
from ivr.site import QueueSettings
from ivr.strict_yaml import read_yaml
from ivr.validation import validated

WORDS = {  # of a queue, and the router's names for them; the others change nothing that is lived again
    "callback": ("callback_tries", "callback_retry_s"),
    "headstart": ("head_start",),
    "language": ("language",),
    "limit": ("limit",),
    "longest_wait": ("longest_wait_s",),
    "overflow": ("overflow",),
    "prefers": ("prefers",),
    "relax": ("relax",),
    "ring": ("ring_s",),
    "skills": ("skills",),
    "sticky": ("sticky_s",),
    "strategy": ("strategy",),
    "target": ("target_s", "target_share"),
    "wrapup": ("wrap_up_s",),
    "wrapup_more": ("wrap_up_more_s",),
}
SAME = {"callback_tries": "tries", "callback_retry_s": "retry"}


class BadChange(ValueError):
    """What cannot be changed so; the text says what can, in English and Chinese."""

    def __init__(self, en: str, zh: str) -> None:
        super().__init__(f"{en} / {zh}")


def written(queue: Queue, path: list[str], text: str) -> Queue:
    """With what ``path`` names as ``text`` says, read and checked as ``site.yaml`` is."""
    if path[0] in ("limit", "longest_wait") and len(path) == 1 and text == "no":
        return replace(queue, **{WORDS[path[0]][0]: None})
    document = read_yaml("--set", text)
    value = document.value
    for part in reversed(path):
        value = {part: value}
    problems = list(document.problems)
    told, found = validated(QueueSettings, value, document, lambda _: (), queue.name)
    if told is None or problems or found:
        raise _refused(queue, path, [*problems, *found][0])
    try:
        new = queue_of(queue.name, told)
    except ValueError:
        raise unknown("strategy", text, STRATEGIES) from None
    changed = {name: getattr(new, name) for name in WORDS[path[0]]}
    if len(path) > 1:
        changed = {
            name: _beside(getattr(queue, name), changed[name], path[1:])
            for name in changed
            if SAME.get(name, path[1]) == path[1]
        }
    return replace(queue, **changed)


def _beside(before: Any, now: Any, path: list[str]) -> Any:
    """What is there, with this part as it is now. A level of 0 is none."""
    if isinstance(before, dict):
        return {name: value for name, value in {**before, **now}.items() if value != 0}
    if not isinstance(before, HeadStart):
        return now
    name = {"priority": "priority_s", "level": "levels", "urgency": "urgencies", "channel": "channels"}[path[0]]
    part = getattr(now, name)
    return replace(before, **{name: {**getattr(before, name), **part} if len(path) > 1 else part})


def _refused(queue: Queue, path: list[str], problem: Problem) -> BadChange:
    whole = f"queue.{queue.name}.{'.'.join(path)}"
    en = f"{whole}: {problem.text}; {problem.mend}"
    return BadChange(en, f"{whole}：{in_chinese(problem.text)}；{in_chinese(problem.mend)}")


KINDS = {"queue": "队列", "setting": "可改的设置", "skill": "坐席技能", "strategy": "分配策略"}


def unknown(what: str, word: str, known: Iterable[str]) -> BadChange:
    """There is none of this name; perhaps another one was meant."""
    hint = did_you_mean(word, known)
    return BadChange(f"no {what} {word!r}; {hint}", f"没有{KINDS[what]}“{word}”；{in_chinese(hint)}")


def rules_written(name: str, text: str) -> dict[str, Any]:
    """The same of the house rules: ``cool_down=30 s``, ``chats_during_call=[email]``."""
    document = read_yaml("--set", text)
    told, found = validated(RoutingSettings, {name: document.value}, document, lambda _: (), "rules")
    if told is None or document.problems or found:
        problem = [*document.problems, *found][0]
        raise BadChange(f"{problem.text}; {problem.mend}", f"{in_chinese(problem.text)}；{in_chinese(problem.mend)}")
    new, channels = rules_of(told), {"chats_during_call": "channels_during_call"}
    names = (name if hasattr(new, name) else f"{name}_s", channels.get(name, "calls_during_channels"))
    return {one: getattr(new, one) for one in (names if name in RANGES else names[:1])}


RANGES = ("chats_during_call", "calls_during_chats")  # a yes or no, or some channels
