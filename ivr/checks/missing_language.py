"""A text that one of the site's languages lacks."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from ivr.check import Check
from ivr.fields import IN_WRITING
from ivr.graph import Survey
from ivr.hearing import Hearing
from ivr.phrases import BUILT_IN, has_phrase
from ivr.problems import Problem, did_you_mean, quote
from ivr.site_texts import site_texts
from ivr.step import Step

SEVERAL = 3  # texts


class MissingLanguage(Check):
    """Every text is there in every language; the product's own words too (``phrases`` adds them)."""

    code = "missing_language"
    needs_names = ("languages", "phrases")
    chinese: ClassVar[dict[str, str]] = {
        "nothing here is written in {}": "这里没有一处写了语言 {}",
        "remove it, or write the texts in {} too": "请删除，或把各处文字也写成 {}",
        "the text of {} is missing in {}": "{} 的文字缺少语言 {}",
        "{} is missing in {}": "{} 缺少语言 {}",
        "the name of the site": "站点名称",
        "the question of survey {}": "评价 {} 的问题",
        "the ask of survey {}": "评价 {} 的文字提问",
        "the closed of calendar {}": "日历 {} 的 closed",
        "the text of fallback": "fallback 的文字",
        "the thanks of survey {}": "评价 {} 的致谢",
        "the word for {}": "{} 对应的词",
        "the question of article {}": "文章 {} 的问题",
        "the answer of article {}": "文章 {} 的答案",
        "the words for {} are missing in {}": "{} 的词缺少语言 {}",
        "add {}: [...]": "请加上 {}: [...]",
        "add {}: ...": "请加上 {}: ...",
        "the product has no words of its own in {} ({}, such as {})": "产品自己的话还没有语言 {}（{} 句，例如 {}）",
        "add phrases: {{}: {{}: ...}} and so on to site.yaml": "请在 site.yaml 里加上 phrases: {{}: {{}: ...}} 等",
    }

    def find(self, survey: Survey) -> Iterator[Problem]:
        site = survey.site
        unwritten = self._unwritten(survey)
        for code, used in unwritten.items():
            place = site.place("languages", site.languages.index(code))
            mend = f"remove it, or write the texts in {code} too"
            mend = f"did you mean {min(used)!r}?" if len(used) == 1 else did_you_mean(code, used, mend)
            yield self.problem(place, f"nothing here is written in {quote(code)}", mend)
        languages = [code for code in site.languages if code not in unwritten]
        for _, step in survey.steps():
            for loc, text in step.texts():
                missing = [code for code in languages if not text.has(code)]
                if missing:
                    what = f"the text of {step.verb} is missing in {', '.join(missing)}"
                    yield self.problem(step.place(*loc), what, f"add {missing[0]}: ...")
            yield from self._words(step, languages)
        for one in site_texts(site):
            missing = [code for code in languages if not one.text.has(code)]
            if missing and one.is_told:
                yield self.problem(
                    one.place(), f"{one.what} is missing in {', '.join(missing)}", f"add {missing[0]}: ..."
                )
        for index, code in enumerate(site.languages):
            if code in unwritten:
                continue
            lacking = [name for name in BUILT_IN if not has_phrase(name, code, site.phrases)]
            if lacking:
                what = f"the product has no words of its own in {code} ({len(lacking)}, such as {lacking[0]!r})"
                mend = f"add phrases: {{{lacking[0]}: {{{code}: ...}}}} and so on to site.yaml"
                yield self.problem(site.place("languages", index), what, mend)

    def _unwritten(self, survey: Survey) -> dict[str, set[str]]:
        """Languages that neither the product nor a single text of several has, with those that stand there instead:
        one mistake, and told once."""
        site = survey.site
        texts = [text for _, step in survey.steps() for _, text in step.texts()]
        texts += [one.text for one in site_texts(site)]
        written = {code.removesuffix(IN_WRITING) for text in texts for code in text.root if code != "*"}
        several = sum("*" not in text.root for text in texts) >= SEVERAL
        lacking = {
            code for code in site.languages if not any(has_phrase(name, code, site.phrases) for name in BUILT_IN)
        }
        return {code: written - set(site.languages) for code in lacking - written if several}

    def _words(self, step: Step, languages: list[str]) -> Iterator[Problem]:
        """Who speaks or writes another language must be understood, too; ``unheard`` tells of choices without keys."""
        told = {choice for choice, _ in step.unheard(languages)} if isinstance(step, Hearing) else set()
        for choice, words in (getattr(step, "words", None) or {}).items():
            missing = [code for code in languages if isinstance(words, dict) and not words.get(code)]
            if missing and choice not in told:
                text = f"the words for {quote(choice)} are missing in {', '.join(missing)}"
                yield self.problem(step.place("words", choice, key=True), text, f"add {missing[0]}: [...]")
