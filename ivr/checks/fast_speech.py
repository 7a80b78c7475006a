"""A rendering that speaks too fast to follow."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from ivr.check import Check
from ivr.durations import measured, per_minute
from ivr.fields import is_file
from ivr.graph import Survey
from ivr.problems import Problem
from ivr.step import VOICE
from ivr.templates import fixed_speech, parse_template

LEAST_S = 1.5  # shorter ones tell nothing


class FastSpeech(Check):
    """At most 320 characters (zh) or 280 words of five letters a minute, or ``limits: {rate: {en: ...}}``."""

    code = "fast_speech"
    severity = "warning"
    chinese: ClassVar[dict[str, str]] = {
        "spoken at {} characters a minute, people follow {}": "语速每分钟 {} 字，听众能跟上的是 {} 字",
        "spoken at {} words a minute, people follow {}": "语速每分钟 {} 词，听众能跟上的是 {} 词",
        "choose a slower voice, or add commas": "请换慢一些的声音，或多加逗号",
    }

    def find(self, survey: Survey) -> Iterator[Problem]:
        site = survey.site
        for _, step in survey.reached_steps(VOICE):
            for loc, text in step.texts():
                for code, prompt in text.spoken.items():
                    language = site.default_language if code == "*" else code
                    rate = 0 if is_file(prompt) else _rate(survey, prompt, language)
                    limit = site.limits.rate_of(language)
                    if rate > limit:
                        unit = "characters" if language == "zh" else "words"
                        what = f"spoken at {rate} {unit} a minute, people follow {limit}"
                        yield self.problem(step.place(*loc, code), what, "choose a slower voice, or add commas")


def _rate(survey: Survey, prompt: str, language: str) -> int:
    """The highest rate of the text's renderings; 0 where there are none."""
    rates = [0]
    for part in parse_template(prompt):
        for spoken in fixed_speech(part, language) if isinstance(part, str) else ():
            lasts = measured(survey.site, spoken)
            if lasts is not None and lasts >= LEAST_S:
                rates.append(per_minute(spoken, lasts))
    return max(rates)
