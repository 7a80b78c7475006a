"""``branch``: the first true condition decides where to go."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from pydantic import BaseModel, ConfigDict, Field

from ivr.evaluation import evaluate, is_true
from ivr.expressions import ExpressionError, parse
from ivr.fields import Condition, WayField
from ivr.scene import Scene
from ivr.step import Exit, Fail, Go, Move, Next, Step
from ivr.strict_yaml import Path


class _Case(BaseModel):
    model_config = ConfigDict(extra="forbid", arbitrary_types_allowed=True)

    when: Condition
    go: WayField


class Branch(Step):
    """Both media, says nothing. Where no condition is true: ``otherwise``, else the next step.

    A condition that cannot be computed goes the ``fails`` way, else ``otherwise``.
    """

    verb = "branch"
    short = "cases"
    EXAMPLE: ClassVar[str] = """
    start:
      - branch:
          - {when: contact.level == "vip", go: vip}
          - {when: queue.orders.waiting > 20 and calendar.service == "open", go: [say: It may take a while.]}
      - queue: orders
    vip:
      - queue: {name: orders, priority: 9}
    """

    cases: list[_Case] = Field(min_length=1)
    otherwise: WayField | None = None

    def enter(self, scene: Scene) -> Move:
        try:
            for number, case in enumerate(self.cases, start=1):
                if is_true(evaluate(parse(case.when), scene.lookup)):
                    return Go(case.go, note=f"case {number}")
        except ExpressionError as error:
            return Fail(str(error))
        return Go(self.otherwise, note="otherwise") if self.otherwise is not None else Next(note="otherwise")

    def exits(self) -> Iterator[Exit]:
        for index, case in enumerate(self.cases):
            yield Exit(f"case {index + 1}", ("cases", index, "go"), case.go)
        yield Exit("otherwise", ("otherwise",), self.otherwise)

    def names_read(self) -> Iterator[tuple[Path, str]]:
        for index, case in enumerate(self.cases):
            yield from ((("cases", index, "when"), name) for name in sorted(parse(case.when).names()))
