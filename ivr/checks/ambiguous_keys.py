"""Keys of a question of which one begins another: 1 and 12."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from ivr.check import Check
from ivr.graph import Survey
from ivr.problems import Problem
from ivr.steps.faq import Faq
from ivr.steps.language import Language
from ivr.steps.listen import Listen
from ivr.steps.menu import Menu


class AmbiguousKeys(Check):
    """After 1 nobody knows whether a 2 follows: the contact waits for the time between keys."""

    code = "ambiguous_keys"
    chinese: ClassVar[dict[str, str]] = {
        "the key {} begins like the key {}": "按键 {} 与按键 {} 的开头相同",
        "choose keys of one length": "请使用长度相同的按键",
    }

    def find(self, survey: Survey) -> Iterator[Problem]:
        for _, step in survey.written():
            if not isinstance(step, Menu | Language | Listen | Faq):
                continue
            for key in step.keys:
                shorter = [other for other in step.keys if other != key and key.startswith(other)]
                if shorter:
                    text = f"the key {key} begins like the key {shorter[0]}"
                    yield self.problem(step.place("keys", key, key=True), text, "choose keys of one length")
