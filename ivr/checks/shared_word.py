"""A word that means two choices, so that whoever says it is not understood."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, ClassVar

from ivr.check import Check
from ivr.choices import chosen
from ivr.fields import Text
from ivr.graph import Survey
from ivr.problems import Problem, quote
from ivr.steps.listen import Listen
from ivr.steps.menu import Menu
from ivr.steps.queue import Queue
from ivr.strict_yaml import Path
from ivr.values import simplified

_LOST = "who says it is not understood"


class SharedWord(Check):
    """What is said or written must mean one choice: no word stands at two, and none holds another's word."""

    code = "shared_word"
    needs_names = ("languages",)
    chinese: ClassVar[dict[str, str]] = {
        "{} means {} and {}: who says it is not understood": "{} 既指 {} 又指 {}：这样说的人不会被听懂",
        "leave it with one of them": "请只留在其中一个",
        "{} holds {}, a word for {}: who says it is not understood": "{} 里含有 {} 的词 {}：这样说的人不会被听懂",
        "choose words of which none holds the other": "请选互不包含的词",
    }

    def find(self, survey: Survey) -> Iterator[Problem]:
        for _, step in survey.written():
            if isinstance(step, Menu | Listen | Queue):
                yield from self._in_step(survey, step)

    def _in_step(self, survey: Survey, step: Menu | Listen | Queue) -> Iterator[Problem]:
        choices = list(_choices(step))
        words = {one.name: [word for _, word in one.words] for one in choices}
        for number, one in enumerate(choices):
            for loc, word in one.words:
                language = str(loc[2]) if loc[2] != "*" else survey.site.default_language
                labels = {other.name: other.labels[language] for other in choices if language in other.labels}
                meant = chosen(word, labels, words)
                others = [other for other in choices if other.target != one.target and other.name in meant]
                for other in others[:1]:
                    held = next(held for _, held in other.words if chosen(word, {}, {other.name: [held]}))
                    if simplified(held) != simplified(word):
                        yield replace(self.problem(step.place(*loc), *_holding(word, held, other)), severity="warning")
                    elif other in choices[:number]:
                        text = f"{quote(word)} means {quote(other.name)} and {quote(one.name)}: {_LOST}"
                        yield self.problem(step.place(*loc), text, "leave it with one of them")


def _holding(word: str, held: str, other: _Choice) -> tuple[str, str]:
    text = f"{quote(word)} holds {quote(held)}, a word for {quote(other.name)}: {_LOST}"
    return text, "choose words of which none holds the other"


@dataclass(slots=True)
class _Choice:
    """``words`` with the fields they stand in; ``labels`` by language, as chats show them."""

    name: str
    target: str
    words: list[tuple[Path, str]] = field(default_factory=list)
    labels: dict[str, str] = field(default_factory=dict)


def _choices(step: Menu | Listen | Queue) -> Iterator[_Choice]:
    if isinstance(step, Listen):
        for value in step.words:
            yield _Choice(value, value, list(_listed(step.words, value)), {})
        return
    ways = step.choices if isinstance(step, Menu) else step.keys
    for key, way in ways.items():
        named = next((name for name in (key, way.text) if name in step.words), "")
        label_name = next((name for name in (key, way.text) if name in step.labels), "")
        one = _Choice(named or key, way.text or key if isinstance(step, Menu) else key)
        one.words += _listed(step.words, named) if named else ()
        if label_name:
            one.words += [(("labels", label_name, code), text) for code, text in step.labels[label_name].root.items()]
            one.labels = _shown(step.labels[label_name])
        yield one


def _shown(label: Text) -> dict[str, str]:
    return {code: text for code, text in label.written.items() if code != "*"}


def _listed(table: Mapping[Any, Mapping[str, list[str]]], name: str) -> Iterator[tuple[Path, str]]:
    for code, listed in table[name].items():
        yield from ((("words", name, code, index), word) for index, word in enumerate(listed))
