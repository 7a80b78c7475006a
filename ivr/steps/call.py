"""``call``: does another section or flow and comes back."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from pydantic import Field

from ivr.expressions import ExpressionError
from ivr.fields import RESERVED_WAYS, TemplateValue, VariableName, WayField
from ivr.filled import names_in
from ivr.scene import Scene
from ivr.session import Value
from ivr.step import Call, Exit, Fail, Move, Step
from ivr.strict_yaml import Path
from ivr.templates import value_of
from ivr.values import clean_value


class CallStep(Step):
    """Both media, says nothing. ``call: address`` does the section ``address``, ``call: checks.address`` that of
    another flow, ``call: checks`` a flow from its beginning; then the next step is done.

    ``with`` gives values, ``save: {mine: theirs}`` takes results of ``return`` (or what the subflow has collected).
    A subflow has values of its own; those with a dot (``contact.level``) are the interaction's. Calls inside calls go
    eight deep; deeper is a failure (``fails``).
    """

    verb = "call"
    short = "flow"
    EXAMPLE: ClassVar[str] = """
    start:
      - call: {flow: double, with: {number: 4}, save: {answer: result}}
      - say: {zh: 结果是$(answer)。, en: That makes $(answer).}
      - hangup
    double:
      - set: {result: $(number * 2)}
      - return
    """

    flow: WayField
    given: dict[VariableName, TemplateValue] = Field(default={}, alias="with")
    save: dict[VariableName, VariableName] = {}

    def enter(self, scene: Scene) -> Move:
        values: dict[str, Value] = {}
        try:
            for name, value in self.given.items():
                values[name] = value_of(value, scene.lookup) if isinstance(value, str) else clean_value(value)
        except ExpressionError as error:
            return Fail(str(error))
        return Call(self.flow, values, self.save)

    def exits(self) -> Iterator[Exit]:
        yield Exit("call", ("flow",), self.flow)
        yield Exit("returned", is_heard=True)

    def faults(self) -> Iterator[tuple[Path, str, str]]:
        if self.flow.steps is not None or self.flow.text in RESERVED_WAYS:
            yield ("flow",), "a call names a section or a flow", "write 'call: SECTION' or 'call: FLOW'"

    def names_set(self) -> Iterator[str]:
        yield from (*self.given, *self.save)

    def names_read(self) -> Iterator[tuple[Path, str]]:
        for key, value in self.given.items():
            yield from ((("with", key), name) for name in (names_in(value) if isinstance(value, str) else ()))
        yield from ((("save", mine), theirs) for mine, theirs in self.save.items())
