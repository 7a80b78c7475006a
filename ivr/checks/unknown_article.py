"""An article that does not exist, or a ``faq`` with nothing to answer from."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from ivr.check import Check
from ivr.graph import Survey
from ivr.problems import Problem, did_you_mean, quote
from ivr.step import TEXT
from ivr.steps.faq import Faq


class UnknownArticle(Check):
    """The keys of ``faq`` name files of ``articles/``; chats search all of them, so there must be some."""

    code = "unknown_article"
    chinese: ClassVar[dict[str, str]] = {
        "there is no article {}": "没有文章 {}",
        "write articles/{}.yaml": "请写 articles/{}.yaml",
        "there are no articles to answer from": "没有可用来回答的文章",
        "write articles/NAME.yaml": "请写 articles/名称.yaml",
    }

    def find(self, survey: Survey) -> Iterator[Problem]:
        known = survey.site.unread.known("articles", survey.site.articles)
        for position, step in survey.written():
            if not isinstance(step, Faq):
                continue
            for key, name in step.keys.items():
                if name not in known:
                    mend = did_you_mean(name, known, f"write articles/{name}.yaml")
                    yield self.problem(step.place("keys", key), f"there is no article {quote(name)}", mend)
            if not known and TEXT in survey.media_of(position):
                yield self.problem(step.place(), "there are no articles to answer from", "write articles/NAME.yaml")
