"""The trail of a session in words: ``main.menu.menu 1`` is "main.menu: 菜单 1" to who reads Chinese.

Owns: the words. Not here: writing the trail (``engine``).

>>> trail_in(("main.start.queue orders no-agents", "fallback"), "zh")
'main.start：排队 orders 无人在线 > 兜底'
"""

from __future__ import annotations

from collections.abc import Iterable

from ivr.drawing.wording import word
from ivr.steps import STEPS

NOTES = {
    "case": "条件",
    "found": "查到",
    "kept": "已保存",
    "key": "按键",
    "known": "已知",
    "left": "被移出",
    "no": "无",
    "no-agents": "无人在线",
    "not_allowed": "不允许",
    "off": "不录",
    "on": "在录",
    "paused": "暂停",
    "satisfied": "满意",
    "served": "通话结束",
    "timeout": "等太久",
}


def trail_in(trail: Iterable[str], language: str) -> str:
    """The steps one after the other; in English as the engine writes them."""
    return " > ".join(_in_chinese(place) if language == "zh" else place for place in trail)


def _in_chinese(place: str) -> str:
    block, dot, step = place.rpartition(".")
    verb, *notes = step.split(" ")
    told = NOTES if verb in STEPS else {}
    words = [told.get(note) or (word(note, "zh") if note not in STEPS else note) for note in notes]
    return f"{block}{'：' if dot else ''}{' '.join([word(verb, 'zh'), *words])}"
