"""A language the site does not speak."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import ClassVar

from ivr.check import Check
from ivr.fields import IN_WRITING, Text
from ivr.graph import Survey
from ivr.problems import Place, Problem, quote
from ivr.site_texts import SiteText, site_texts
from ivr.step import Step
from ivr.steps.language import Language

_Use = tuple[Place, str, Iterable[str]]  # where, the language, and those that stand beside it

MANY = 8  # places


class UnknownLanguage(Check):
    """Texts, agents and the language step must use the site's ``languages``."""

    code = "unknown_language"
    needs_names = ("languages",)
    chinese: ClassVar[dict[str, str]] = {
        "{} is not a language of this site": "{} 不是本站点的语言",
        "{} is no language of this site, and stands in {} places": "{} 不是本站点的语言，却出现在 {} 处",
        "add {} to the list 'languages', or remove it there: {}": "请把 {} 加进 'languages'，或逐处删除：{}",
        "remove it, or add {} to 'languages' in site.yaml": "请删除，或把 {} 加进 site.yaml 的 'languages'",
        "write one of {}, or add {} to 'languages' in site.yaml": "请写 {} 之一，或把 {} 加进 site.yaml 的 'languages'",
    }

    def find(self, survey: Survey) -> Iterator[Problem]:
        site = survey.site
        used = [one for one in self._used(survey) if one[1] not in (*site.languages, "*")]
        counted = Counter(code for _, code, _ in used)
        for code, count in counted.items():
            if count >= MANY:  # it is the list that lacks it
                text = f"{quote(code)} is no language of this site, and stands in {count} places"
                mend = f"add {code} to the list 'languages', or remove it there: {_first(used, code)}"
                yield self.problem(site.place("languages"), text, mend)
        for place, code, beside in used:
            if counted[code] < MANY:
                known = ", ".join(one for one in site.languages if one not in beside)
                mend = f"write one of {known}" if known and "*" not in beside else "remove it"
                mend += f", or add {code} to 'languages' in site.yaml"
                yield self.problem(place, f"{quote(code)} is not a language of this site", mend)

    def _used(self, survey: Survey) -> Iterator[_Use]:
        site = survey.site
        for _, step in survey.written():
            for loc, text in step.texts():
                yield from _of_text(step, text, *loc)
            for choice, words in (getattr(step, "words", None) or {}).items():
                spoken = list(words) if isinstance(words, dict) else []
                yield from ((step.place("words", choice, code, key=True), code, spoken) for code in spoken)
            if isinstance(step, Language):
                yield from ((step.place("keys", key), code, ()) for key, code in step.keys.items())
        for one in site_texts(site):
            yield from _of_text(one, one.text)
        for extension, agent in site.agents.items():
            for index, code in enumerate(agent.languages):
                yield site.place("agents", extension, "languages", index), code, agent.languages


def _first(used: list[_Use], code: str) -> str:
    places = sorted((place.file, place.line) for place, one, _ in used if one == code)
    return f"{places[0][0]}:{places[0][1]} ..."


def _of_text(holder: Step | SiteText, text: Text, *loc: str | int) -> Iterator[_Use]:
    for code in text.root:
        yield holder.place(*loc, code, key=True), code.removesuffix(IN_WRITING), list(text.root)
