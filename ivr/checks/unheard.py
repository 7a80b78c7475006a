"""A choice by word that some callers cannot make."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from ivr.check import Check
from ivr.graph import Survey
from ivr.hearing import Hearing
from ivr.problems import Problem, quote
from ivr.step import VOICE
from ivr.steps.listen import Listen


class Unheard(Check):
    """What is chosen by word has words in every language, and there is a way where no recogniser is installed."""

    code = "unheard"
    needs_names = ("languages",)
    chinese: ClassVar[dict[str, str]] = {
        "nothing can be said for {} in {}, and no key leads there": "{} 在语言 {} 里没有可说的词，也没有按键通向它",
        "add {}: [...]": "请加上 {}: [...]",
        "calls have no way out where no recogniser is installed": "没装识别引擎时，电话在这里没有出口",
        "add 'fails: SECTION', 'otherwise: SECTION' or 'keys: {1: ...}'": "请加上 fails、otherwise 或 keys",
    }

    def find(self, survey: Survey) -> Iterator[Problem]:
        for _, step in survey.reached_steps(VOICE):
            if not isinstance(step, Hearing):
                continue
            for choice, language in step.unheard(survey.site.languages):
                text = f"nothing can be said for {quote(choice)} in {language}, and no key leads there"
                yield self.problem(step.place("words", choice, key=True), text, f"add {language}: [...]")
            if isinstance(step, Listen) and not (step.words or step.keys) and step.rescue() is None:
                text = "calls have no way out where no recogniser is installed"
                yield self.problem(step.place(), text, "add 'fails: SECTION', 'otherwise: SECTION' or 'keys: {1: ...}'")
