"""A prompt that lasts too long."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from ivr.check import Check
from ivr.durations import seconds
from ivr.effects import Recorded, Speech
from ivr.fields import Text, is_file
from ivr.graph import Survey
from ivr.problems import Problem
from ivr.step import VOICE
from ivr.templates import fixed_speech, parse_template


class LongPrompt(Check):
    """Callers listen for 20 seconds (``limits: {prompt: 20 s}``): measured where rendered, else reckoned."""

    code = "long_prompt"
    severity = "warning"
    chinese: ClassVar[dict[str, str]] = {
        "the prompt lasts {} s, callers listen for {} s": "提示音长 {} 秒，来电者只听 {} 秒",
        "shorten it, or split it with a question": "请缩短，或用一个问题分开",
    }

    def find(self, survey: Survey) -> Iterator[Problem]:
        limit = survey.site.limits.prompt_s
        for _, step in survey.reached_steps(VOICE):
            for loc, text in step.texts():
                if loc and loc[0] in step.text_only:
                    continue
                for code in text.spoken:
                    lasts = seconds(survey.site, _speech(survey, text, code))
                    if lasts > limit:
                        what = f"the prompt lasts {lasts:.0f} s, callers listen for {limit:.0f} s"
                        yield self.problem(step.place(*loc, code), what, "shorten it, or split it with a question")


def _speech(survey: Survey, text: Text, code: str) -> tuple[Speech, ...]:
    language = survey.site.default_language if code == "*" else code
    prompt = text.root[code]
    if is_file(prompt):
        return (Recorded(prompt, language),)
    fixed = [part for part in parse_template(prompt) if isinstance(part, str)]
    return tuple(spoken for part in fixed for spoken in fixed_speech(part, language))
