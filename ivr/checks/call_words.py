"""Words about a call, written to somebody who chats."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import ClassVar

from ivr.check import Check
from ivr.fields import IN_WRITING, mend_for_chats
from ivr.graph import Survey
from ivr.problems import Problem, quote
from ivr.step import TEXT

ABOUT_CALLS = re.compile(
    r"致电|您的来电|通话|挂机|\bthank(?:s| you) for calling\b|\bthis call\b|\byour call\b|\bhang up\b", re.IGNORECASE
)


class CallWords(Check):
    """Nobody called who reads "thank you for calling", "此次通话": chats have words of their own (``zh.text``)."""

    code = "call_words"
    severity = "warning"
    chinese: ClassVar[dict[str, str]] = {
        "a chat comes here and reads {}": "网聊客户会在这里读到 {}",
        "add '{}: ...' for chats": "请为网聊另写 '{}: ...'",
        "write other words in {}": "请改写 {} 里的话",
        "write it per language: {}": "请按语言分开写：{}",
    }

    def find(self, survey: Survey) -> Iterator[Problem]:
        site = survey.site
        for _, step in survey.reached_steps(TEXT):
            has_twin = getattr(step, "ask", None) is not None
            for loc, text in step.texts():
                if has_twin and loc == ("prompt",):
                    continue
                for code, words in text.written.items():
                    found = ABOUT_CALLS.search(words)
                    own = code + IN_WRITING
                    if found and (own in text.root or not text.has_own_words(code, site.languages)):
                        place = step.place(*loc, own if own in text.root else code)
                        what = f"a chat comes here and reads {quote(found[0])}"
                        mend = (
                            f"write other words in '{own}'"
                            if own in text.root
                            else mend_for_chats(code, site.languages)
                        )
                        yield self.problem(place, what, mend)
