"""``return``: back to where a subflow was called from."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from ivr.expressions import ExpressionError
from ivr.fields import TemplateValue, VariableName
from ivr.filled import names_in
from ivr.scene import Scene
from ivr.session import Value
from ivr.step import Exit, Fail, Move, Return, Step
from ivr.strict_yaml import Path
from ivr.templates import value_of
from ivr.values import clean_value


class ReturnStep(Step):
    """Both media, says nothing. ``return: {street: $(road)}`` gives results to ``call``; where nobody called, the
    flow is over. A subflow that runs out of steps returns too.
    """

    verb = "return"
    open_field = "values"
    EXAMPLE: ClassVar[str] = """
    start:
      - call: {flow: twice, with: {number: 21}, save: {answer: result}}
      - say: $(answer)
      - hangup
    twice:
      - return: {result: $(number * 2)}
    """

    values: dict[VariableName, TemplateValue] = {}

    def enter(self, scene: Scene) -> Move:
        results: dict[str, Value] = {}
        try:
            for name, value in self.values.items():
                results[name] = value_of(value, scene.lookup) if isinstance(value, str) else clean_value(value)
        except ExpressionError as error:
            return Fail(str(error))
        return Return(results)

    def exits(self) -> Iterator[Exit]:
        yield Exit("return", ends=True)

    def names_set(self) -> Iterator[str]:
        yield from self.values

    def names_read(self) -> Iterator[tuple[Path, str]]:
        for key, value in self.values.items():
            yield from ((("values", key), name) for name in (names_in(value) if isinstance(value, str) else ()))
