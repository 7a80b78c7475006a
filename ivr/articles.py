"""Knowledge articles: questions with their answers, and finding the right ones for what a contact asks.

Owns: the words of ``articles/*.yaml`` and the search. Not here: the conversation (``steps.faq``), files (``loader``).

Chinese has no spaces: a text is its letters and their pairs, so that 退货 finds 如何退货 and 货退 does not (HOUSE 2.8).
English is words without endings. What is rare in the articles weighs more; the author's keywords weigh most.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from heapq import nsmallest
from math import log
from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, PrivateAttr

from .fields import ONE_OR_MORE, Text, Word, as_list, is_file
from .problems import Place
from .strict_yaml import Document
from .values import simplified

LEAST = 0.3  # of a question's weight must be found
QUESTION, KEYWORD, ANSWER = 2.0, 3.0, 0.6
TOKENS_MAX = 200
ASKED_MAX = 24  # keeps a search within milliseconds, whatever is asked
_PARTS = re.compile(r"[a-z0-9]+|[\u3400-\u9fff]+")
_SMALL = frozenset(
    "a an the is are was be do does did can could will would i you he she it we they my your our me to of in on at for "
    "and or not with how what when where who why which this that there have has had please want need get".split()
)
_SMALL_ZH = frozenset("的了吗呢吧啊我你您他她它们是在有和与就也都要想请怎么什么")


class Article(BaseModel):
    """One article. ``keywords``: other words contacts use for it, in any language."""

    model_config = ConfigDict(extra="forbid", arbitrary_types_allowed=True)

    question: Text
    answer: Text
    keywords: Annotated[list[Word], BeforeValidator(as_list), ONE_OR_MORE, Field(max_length=100)] = []

    _document: Document | None = PrivateAttr(default=None)

    def bind(self, document: Document) -> None:
        """Remember the file it was read from."""
        self._document = document

    def place(self, *path: str | int, key: bool = False) -> Place:
        """Where something of it stands in its file."""
        if self._document is None:
            return Place("", 1, 1)
        mark = self._document.mark(path, key=key)
        return Place(self._document.file, mark.line, mark.column)


@dataclass(frozen=True, slots=True)
class Match:
    """An article and how well it fits (about 0 to 3)."""

    article: str
    score: float


class ArticleIndex:
    """All articles of a site, for searching. Built once per revision."""

    def __init__(self, articles: Mapping[str, Article]) -> None:
        self._postings: dict[str, dict[str, float]] = {}
        for name, article in articles.items():
            for token, weight in _weights(article).items():
                self._postings.setdefault(token, {})[name] = weight
        self._total = len(articles)

    def search(self, question: str, limit: int = 3) -> list[Match]:
        """The best articles, best first; none where nothing fits. Goes by the rarest tokens of a long question."""
        worth = sorted(((self._worth(token), token) for token in tokens(question)), reverse=True)[:ASKED_MAX]
        whole = sum(value for value, _ in worth)
        scores: dict[str, float] = {}
        for value, token in worth:
            for name, weight in self._postings.get(token, {}).items():
                scores[name] = scores.get(name, 0.0) + value * weight
        best = nsmallest(limit, ((-score, name) for name, score in scores.items()))
        return [Match(name, -score / whole) for score, name in best if -score / whole >= LEAST]

    def _worth(self, token: str) -> float:
        """How much a token tells: what is rare among the articles, or in none of them, tells most."""
        count = len(self._postings.get(token, ())) or 1
        return log(1 + self._total / count) * length_weight(token)


def tokens(text: str) -> frozenset[str]:
    """What of a text counts.

    >>> sorted(tokens("How do I return shoes?")), sorted(tokens("怎么退货"))
    (['return', 'shoe'], ['货', '退', '退货'])
    """
    found: list[str] = []
    for part in _PARTS.findall(simplified(text)):
        if part.isascii():
            found += [] if part in _SMALL else [_stem(part)]
        else:
            letters = [letter for letter in part if letter not in _SMALL_ZH]
            found += letters
            found += [first + second for first, second in zip(part, part[1:], strict=False) if _counts(first, second)]
    return frozenset(found[:TOKENS_MAX])


def length_weight(token: str) -> float:
    """A lone Chinese letter says little."""
    return 0.3 if len(token) == 1 and not token.isascii() else 1.0


def _counts(first: str, second: str) -> bool:
    return first not in _SMALL_ZH and second not in _SMALL_ZH


def _stem(word: str) -> str:
    if word.endswith(("ches", "shes", "xes", "sses", "zes")):
        return word[:-2]
    for ending in ("ing", "ied", "ies", "ed", "s"):
        if len(word) > len(ending) + 2 and word.endswith(ending) and not word.endswith("ss"):
            return word.removesuffix(ending)
    return word


def _weights(article: Article) -> dict[str, float]:
    weights: dict[str, float] = {}
    for weight, texts in (
        (ANSWER, _words(article.answer)),
        (QUESTION, _words(article.question)),
        (KEYWORD, article.keywords),
    ):
        for text in texts:
            weights.update(dict.fromkeys(tokens(text), weight))
    return weights


def _words(text: Text) -> Iterable[str]:
    return (prompt for prompt in text.root.values() if not is_file(prompt))
