"""Words about a call, written to somebody who chats."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import ClassVar

from ivr.check import Check
from ivr.fields import IN_WRITING
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
    }

    def find(self, survey: Survey) -> Iterator[Problem]:
        for _, step in survey.reached_steps(TEXT):
            has_twin = getattr(step, "ask", None) is not None
            for loc, text in step.texts():
                if has_twin and loc == ("prompt",):
                    continue
                for code, words in text.written.items():
                    found = ABOUT_CALLS.search(words)
                    if found:
                        own = code + IN_WRITING
                        place = step.place(*loc, own if own in text.root else code)
                        what = f"a chat comes here and reads {quote(found[0])}"
                        yield self.problem(place, what, f"add '{own.replace('*', 'en')}: ...' for chats")
