"""A value kept under a name that nobody can read it by."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from ivr.check import Check
from ivr.expressions import KEYWORDS
from ivr.graph import Survey
from ivr.problems import Place, Problem, quote
from ivr.scene import BUILT_IN_NAMES
from ivr.step import Step


class ReadOnly(Check):
    """``language``, ``medium``, ``time``, ``date`` and ``weekday`` are the product's own, and ``and``, ``or``, ``not``,
    ``in``, ``is``, ``known``, ``yes``, ``no`` are words of conditions: a value kept under them is never read."""

    code = "read_only"
    chinese: ClassVar[dict[str, str]] = {
        "{} cannot be set: it tells what is so": "{} 不能赋值：它只反映实际情况",
        "{} cannot name a value: it is a word of conditions": "{} 不能作为值的名字：它是条件里的词",
        "the step 'language' lets the contact choose; for a value of your own write {}": (
            "客户的语言由步骤 'language' 选择；自己的值请写 {}"
        ),
        "write another name, such as {}": "请换个名字，如 {}",
    }

    def find(self, survey: Survey) -> Iterator[Problem]:
        for _, step in survey.written():
            for name in dict.fromkeys(step.names_set()):
                if name in KEYWORDS:
                    text = f"{quote(name)} cannot name a value: it is a word of conditions"
                elif name in BUILT_IN_NAMES:
                    text = f"{quote(name)} cannot be set: it tells what is so"
                else:
                    continue
                yield self.problem(_place(step, name), text, _mend(name))


def _mend(name: str) -> str:
    if name == "language":
        return "the step 'language' lets the contact choose; for a value of your own write 'wanted_language'"
    return f"write another name, such as 'my_{name}'"


def _place(step: Step, name: str) -> Place:
    """At the key of a mapping of values, else at the field that names the value."""
    for field in ("values", "with", "save"):
        table = getattr(step, "given" if field == "with" else field, None)
        if isinstance(table, dict) and name in table:
            return step.place(field, name, key=True)
    if getattr(step, "save", None) == name:
        return step.place("save")
    lookup = getattr(step, "lookup", None)
    if lookup is not None and name in getattr(lookup, "save", {}):
        return step.place("lookup", "save", name, key=True)
    return step.place("as") if getattr(step, "name", None) == name else step.place()
