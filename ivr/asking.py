"""Questions to the business system: what ``lookup`` and ``identify`` have in common.

Owns: the words of one HTTP question, making it, and reading its answer. Not here: the ways out (the steps).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, PlainValidator, WithJsonSchema

from .evaluation import evaluate
from .expressions import ExpressionError
from .fields import Duration, TemplateValue, VariableName, Word, refuse
from .filled import address_fault, filled, names_in, secret_name
from .json_paths import JsonPath, PathError, find, parse_path
from .problems import quote
from .scene import Scene
from .service_calls import AskSystem
from .session import Value
from .site import Site
from .strict_yaml import Path
from .templates import parse_template
from .values import clean

NOT_THERE = (404, 410)
_HEADER = re.compile(r"^[A-Za-z][A-Za-z0-9-]{0,60}$")
_OURS = ("host", "content-length", "transfer-encoding", "connection", "idempotency-key")


def _to_address(value: Any) -> str:
    insert = None
    try:
        fault = address_fault(value) if isinstance(value, str) else "it is not a text"
    except ExpressionError as error:
        fault, insert = str(error), error.insert
    if fault:
        mend = "write it like $(env.SHOP_URL)/orders/$(order)"
        raise refuse(f"{quote(value)} cannot be asked: {fault}", mend, insert=insert)
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


class SystemQuestion(BaseModel):
    """One HTTP question and the paths to what is kept of the JSON answer."""

    model_config = ConfigDict(extra="forbid", arbitrary_types_allowed=True)

    url: Address
    method: Literal["GET", "POST"] = "GET"
    headers: dict[Header, TemplateValue] = {}
    body: dict[Word, TemplateValue] = {}
    within: Annotated[Duration, Field(ge=0.2, le=20.0)] = 3.0
    save: dict[VariableName, PathField] = {}

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

    def system_names(self) -> Iterator[tuple[Path, str]]:
        """The values it reads, each with the field that does."""
        yield from ((("url",), name) for name in names_in(self.url))
        for table in ("headers", "body"):
            for key, value in getattr(self, table).items():
                yield from (((table, key), name) for name in (names_in(value) if isinstance(value, str) else ()))

    def system_faults(self) -> Iterator[tuple[Path, str, str]]:
        """What single fields cannot tell."""
        if self.body and self.method != "POST":
            yield ("body",), "only POST has a body", "add 'method: POST'"
        for key, value in self.body.items():
            if isinstance(value, str) and "$(env." in value:
                yield ("body", key), "the operator's words stand in headers or the address", "move it to 'headers'"


def operator_words(site: Site) -> frozenset[str]:
    """Every NAME of ``$(env.NAME)`` that the site's flows ask with: the operator has to set them."""
    found: set[str] = set()
    for block in site.blocks.values():
        for step in block.steps:
            asked = step if isinstance(step, SystemQuestion) else getattr(step, "lookup", None)
            for template in (asked.url, *map(str, asked.headers.values())) if asked is not None else ():
                parts = (part for part in parse_template(template) if not isinstance(part, str))
                found.update(name for part in parts if (name := secret_name(part)))
    return frozenset(found)


def _typed(value: Any, scene: Scene) -> Value:
    """A lone ``$(...)`` keeps its type in the JSON body."""
    if not isinstance(value, str):
        return value  # type: ignore[no-any-return]
    parts = parse_template(value)
    if len(parts) == 1 and not isinstance(parts[0], str) and not parts[0].filters:
        return evaluate(parts[0].node, scene.lookup)
    return "".join(part for part in filled(value, scene.lookup) if isinstance(part, str))
