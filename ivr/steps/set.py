"""``set``: keeps values under names."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from pydantic import Field

from ivr.effects import SetVariables
from ivr.expressions import ExpressionError
from ivr.fields import TemplateValue, VariableName
from ivr.filled import names_in
from ivr.scene import Scene
from ivr.session import Value
from ivr.step import Fail, Move, Next, Step
from ivr.strict_yaml import Path
from ivr.templates import value_of
from ivr.values import clean_value


class Set(Step):
    """Both media, says nothing. A lone ``$(...)`` keeps its type, so ``$(visits + 1)`` is a number."""

    verb = "set"
    open_field = "values"
    EXAMPLE: ClassVar[str] = """
    start:
      - set: {topic: orders, visits: $(visits + 1)}
      - say: {zh: 第$(visits)次。, en: Visit $(visits).}
      - hangup
    """

    values: dict[VariableName, TemplateValue] = Field(min_length=1)

    def enter(self, scene: Scene) -> Move:
        kept: dict[str, Value] = {}
        try:
            for name, value in self.values.items():
                kept[name] = value_of(value, scene.lookup) if isinstance(value, str) else clean_value(value)
        except ExpressionError as error:
            return Fail(str(error))
        return Next((SetVariables(kept),))

    def names_set(self) -> Iterator[str]:
        yield from self.values

    def names_read(self) -> Iterator[tuple[Path, str]]:
        for key, value in self.values.items():
            yield from ((("values", key), name) for name in (names_in(value) if isinstance(value, str) else ()))
