"""A language the site does not speak."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from ivr.check import Check
from ivr.fields import IN_WRITING
from ivr.graph import Survey
from ivr.problems import Place, Problem, quote
from ivr.site_texts import site_texts
from ivr.steps.language import Language


class UnknownLanguage(Check):
    """Texts, agents and the language step must use the site's ``languages``."""

    code = "unknown_language"
    needs_names = ("languages",)
    chinese: ClassVar[dict[str, str]] = {
        "{} is not a language of this site": "{} 不是本站点的语言",
        "write one of {}, or add {} to 'languages' in site.yaml": "请写 {} 之一，或把 {} 加进 site.yaml 的 'languages'",
    }

    def find(self, survey: Survey) -> Iterator[Problem]:
        site = survey.site
        for place, code in self._used(survey):
            if code not in (*site.languages, "*"):
                known = ", ".join(site.languages)
                mend = f"write one of {known}, or add {code} to 'languages' in site.yaml"
                yield self.problem(place, f"{quote(code)} is not a language of this site", mend)

    def _used(self, survey: Survey) -> Iterator[tuple[Place, str]]:
        site = survey.site
        for _, step in survey.written():
            for loc, text in step.texts():
                codes = ((step.place(*loc, code, key=True), code.removesuffix(IN_WRITING)) for code in text.root)
                yield from codes
            for choice, words in (getattr(step, "words", None) or {}).items():
                spoken = list(words) if isinstance(words, dict) else []
                yield from ((step.place("words", choice, code, key=True), code) for code in spoken)
            if isinstance(step, Language):
                yield from ((step.place("keys", key), code) for key, code in step.keys.items())
        for one in site_texts(site):
            yield from ((one.place(code, key=True), code.removesuffix(IN_WRITING)) for code in one.text.root)
        for extension, agent in site.agents.items():
            for index, code in enumerate(agent.languages):
                yield site.place("agents", extension, "languages", index), code
