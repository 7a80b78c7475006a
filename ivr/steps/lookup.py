"""``lookup``: asks the business system over HTTP and keeps what it answers."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Annotated, Any, ClassVar, Literal

from pydantic import AfterValidator, Field, PlainValidator, WithJsonSchema

from ivr.effects import SetVariables
from ivr.evaluation import evaluate
from ivr.expressions import ExpressionError
from ivr.fields import Duration, TemplateValue, VariableName, WayField, Word, refuse
from ivr.filled import address_fault, filled, names_in
from ivr.json_paths import JsonPath, PathError, find, parse_path
from ivr.problems import quote
from ivr.scene import Scene
from ivr.service_calls import AskSystem
from ivr.session import Value
from ivr.step import Exit, Fail, Go, Move, Next, Step, Wait
from ivr.strict_yaml import Path
from ivr.templates import parse_template
from ivr.values import clean
from ivr.waits import Answered, Happening

NOT_THERE = (404, 410)
_HEADER = re.compile(r"^[A-Za-z][A-Za-z0-9-]{0,60}$")
_OURS = ("host", "content-length", "transfer-encoding", "connection", "idempotency-key")


def _to_address(value: Any) -> str:
    try:
        fault = address_fault(value) if isinstance(value, str) else "it is not a text"
    except ExpressionError as error:
        fault = str(error)
    if fault:
        raise refuse(f"{quote(value)} cannot be asked: {fault}", "write it like $(env.SHOP_URL)/orders/$(order)")
    return str(value)


def _to_path(value: Any) -> JsonPath:
    try:
        return parse_path(value if isinstance(value, str) else "")
    except PathError as error:
        raise refuse(f"{quote(value)} is not a path: {error}", "write it like $.order.lines[0].name") from error


def _to_header(value: str) -> str:
    if not _HEADER.match(value) or value.lower() in _OURS:
        raise refuse(f"{quote(value)} cannot be a header", "use letters, digits and -, such as Authorization")
    return value


Address = Annotated[
    str,
    PlainValidator(_to_address),
    WithJsonSchema({"type": "string", "examples": ["$(env.SHOP_URL)/orders/$(order)"]}),
]
PathField = Annotated[
    JsonPath, PlainValidator(_to_path), WithJsonSchema({"type": "string", "examples": ["$.order.state"]})
]
Header = Annotated[Word, AfterValidator(_to_header)]


class Lookup(Step):
    """Both media, says nothing. Asks ``url`` (``GET``, or ``POST`` with ``body`` as JSON) and keeps values of the JSON
    answer under the names of ``save``; a path with ``?`` at its end may be missing.

    Ways out: ``missing`` (404, or a value is not there), ``fails`` (no answer ``within`` the time, an error, the
    system is known to be down; for ``missing`` too where that is not written). ``$(env.NAME)`` are the operator's
    words (addresses, keys); the host never comes from a contact.
    """

    verb = "lookup"
    short = "url"
    EXAMPLE: ClassVar[str] = """
    start:
      - set: {order: 1001}
      - lookup:
          url: $(env.SHOP_URL)/orders/$(order)
          headers: {Authorization: Bearer $(env.SHOP_KEY)}
          within: 2 s
          save: {state: $.state, due: $.lines.0.due?}
          missing: unknown
          fails: person
      - say: {zh: 您的订单状态是$(state)。, en: Your order is $(state).}
      - hangup
    unknown:
      - say: {zh: 没有找到这个订单。, en: We cannot find that order.}
      - hangup
    person:
      - queue: orders
    """

    url: Address
    method: Literal["GET", "POST"] = "GET"
    headers: dict[Header, TemplateValue] = {}
    body: dict[Word, TemplateValue] = {}
    within: Annotated[Duration, Field(ge=0.2, le=20.0)] = 3.0
    save: dict[VariableName, PathField] = {}
    missing: WayField | None = None

    def enter(self, scene: Scene) -> Move:
        try:
            return Wait((self.request(scene),))
        except ExpressionError as error:
            return Fail(str(error))

    def request(self, scene: Scene, key: str = "") -> AskSystem:
        """What is asked, with the values of this moment."""
        headers = {name: filled(str(text), scene.lookup) for name, text in self.headers.items()}
        return AskSystem(
            key=key or scene.key,
            method=self.method,
            url=filled(self.url, scene.lookup, is_address=True),
            headers=headers,
            body={name: _typed(value, scene) for name, value in self.body.items()},
            within_s=self.within,
        )

    def answer(self, scene: Scene, happening: Happening) -> Move:
        if not isinstance(happening, Answered):
            return Fail("no answer")
        kept = self.read(happening.values)
        if isinstance(kept, str):
            return Fail(kept)
        if kept is None:
            return Go(self.missing, note="missing") if self.missing is not None else Fail("nothing was found")
        return Next((SetVariables(kept),), note="lookup found")

    def read(self, answered: Mapping[str, Any]) -> dict[str, Value] | str | None:
        """The values to keep; None: not found; a text: why the system failed."""
        status = answered.get("status", 0)
        if status in NOT_THERE:
            return None
        if not isinstance(status, int) or not 200 <= status < 300:
            return f"the system answered {clean(str(status), 20)}"
        kept: dict[str, Value] = {}
        for name, path in self.save.items():
            value = find(path, answered.get("body"))
            if value is None and not path.is_optional:
                return None
            kept[name] = "" if value is None else value
        return kept

    def exits(self) -> Iterator[Exit]:
        yield Exit("next")
        if self.missing is not None:
            yield Exit("missing", ("missing",), self.missing)

    def names_set(self) -> Iterator[str]:
        yield from self.save

    def names_read(self) -> Iterator[tuple[Path, str]]:
        yield from ((("url",), name) for name in names_in(self.url))
        for table in ("headers", "body"):
            for key, value in getattr(self, table).items():
                yield from (((table, key), name) for name in (names_in(value) if isinstance(value, str) else ()))

    def faults(self) -> Iterator[tuple[Path, str, str]]:
        if self.body and self.method != "POST":
            yield ("body",), "only POST has a body", "add 'method: POST'"
        for key, value in self.body.items():
            if isinstance(value, str) and "$(env." in value:
                yield ("body", key), "the operator's words stand in headers or the address", "move it to 'headers'"


def _typed(value: Any, scene: Scene) -> Value:
    """A lone ``$(...)`` keeps its type in the JSON body."""
    if not isinstance(value, str):
        return value  # type: ignore[no-any-return]
    parts = parse_template(value)
    if len(parts) == 1 and not isinstance(parts[0], str) and not parts[0].filters:
        return evaluate(parts[0].node, scene.lookup)
    return "".join(part for part in filled(value, scene.lookup) if isinstance(part, str))
