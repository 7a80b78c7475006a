"""An expression that can only ever turn out one way, or that breaks: it compares or computes what a value never is."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import ClassVar

from ivr.check import Check
from ivr.collected import Collected, gathered
from ivr.expressions import Node
from ivr.graph import Survey
from ivr.judging import Fault, Judge
from ivr.kinds import Kind
from ivr.problems import Problem
from ivr.reading import Reading, readings
from ivr.step import Step
from ivr.steps.gather import Gather
from ivr.validity import ANSWER


class WrongKind(Check):
    """``weekday`` is mon to sun, ``language`` one of the site's, ``queue.NAME.ready`` a number, ``time`` written like
    "18:30"; a value that only ``set`` and ``listen`` keep is one of theirs. A condition that compares such a value with
    anything else is always true or never."""

    code = "wrong_kind"
    chinese: ClassVar[dict[str, str]] = {
        "{} is never true": "{} 永远不成立",
        "{} is always true": "{} 永远成立",
        "{} is never true: {} {}": "{0} 永远不成立：{1} {2}",
        "{} is always true: {} {}": "{0} 永远成立：{1} {2}",
        "{} as a condition is always true": "{} 作为条件永远成立",
        "{} as a condition is never true": "{} 作为条件永远不成立",
        "{} alone is always true": "单写 {} 永远成立",
        "{} alone is never true": "单写 {} 永远不成立",
        "{} has no order: is one of {}": "{} 没有大小先后：它是 {} 之一",
        "{} has no order: is {}": "{} 没有大小先后：它是 {}",
        "{} is never in {}": "{} 永远不在 {} 里",
        "{} is no number to compute with": "{} 不是数字，不能计算",
        "{} is no number to compute with: it {}": "{} 不是数字，不能计算：它{}",
        "{} cannot be said as {}: it {}": "{} 不能按 {} 读出：它{}",
        "cannot compare a number with {}": "数字不能与 {} 比较",
        "a division by zero": "除以零",
        "is yes or no": "是 yes 或 no",
        "is one of {}": "是 {} 之一",
        "is a number": "是数字",
        "is a number from {} on": "是从 {} 起的数字",
        "is {} digits": "是 {} 位数字",
        "is written like {}": "写法如 {}",
        "is a text": "是文字",
        "is {}": "是 {}",
        "compare with == or 'in [...]'": "请用 == 或 'in [...]' 比较",
        "compare a value, such as: {}": "请比较一个值，例如：{}",
        "write a list: {}": "请写成列表：{}",
        "write: {}, or: not {}": "请写：{}，或：not {}",
        "write it like: {}": "请这样写：{}",
        "compare it with a number, such as: {}": "请与数字比较，例如：{}",
        "compare it with as many digits, or with a number": "请与同样位数的数字串比较，或与数字比较",
        "compute with numbers only": "只能用数字计算",
        "divide by a number that is not 0": "请除以不为 0 的数",
        "remove '| {}', or insert another value": "请去掉 '| {}'，或插入别的值",
        "correct the expression": "请改正表达式",
    }

    def find(self, survey: Survey) -> Iterator[Problem]:
        collected = Collected(survey.site)
        for _, step in survey.written():
            judge = Judge(_names(collected, step))
            for reading in readings(step):
                for text, mend, at in self._faults(judge, reading):
                    yield self.problem(reading.place_of(step, at), text, mend)

    def _faults(self, judge: Judge, reading: Reading) -> list[Fault]:
        return judge.condition(reading.node) if reading.insert is None else judge.insert(reading.insert)


def _names(collected: Collected, step: Step) -> Callable[[str, Callable[[Node], Kind]], Kind]:
    """What names are within this step: ``answer`` is what was just entered."""

    def kind(name: str, of_node: Callable[[Node], Kind]) -> Kind:
        return gathered(step) if name == ANSWER and isinstance(step, Gather) else collected.kind(name, of_node)

    return kind
