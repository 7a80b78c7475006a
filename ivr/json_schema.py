"""The language as JSON Schema, for editors (``# yaml-language-server: $schema=...``).

Owns: making the schemas from the models. Not here: validation itself (``loader`` says more, in the author's words).
``python -c "from ivr import json_schema; json_schema.write('ivr/schema')"`` writes them; a test compares.
"""

from __future__ import annotations

import json
from inspect import cleandoc
from pathlib import Path
from typing import Any

from .articles import Article
from .fields import AGAIN, BACK, HANGUP, NEXT, WAY_TITLE
from .site import SiteFile
from .site_files import ARTICLES, TESTS
from .step import Step
from .steps import STEPS
from .trial.cases import ALONE, CaseFile

DIALECT = "https://json-schema.org/draft/2020-12/schema"
MODELINE = "# yaml-language-server: $schema="
FOLDER = "schema"  # in a site's folder, where its author wants the schemas
VALUES = "values"  # the open field whose entries may be true or false, too
Schema = dict[str, Any]


def schema_json() -> dict[str, str]:
    """``{"site.schema.json": ..., "flow.schema.json": ..., ...}``, the same text each time."""
    schemas = {"site.schema.json": _site(), "flow.schema.json": _flow(), "tests.schema.json": _tests()}
    schemas["article.schema.json"] = _article()
    return {name: json.dumps(schema, ensure_ascii=False, indent=1) + "\n" for name, schema in schemas.items()}


def _site() -> Schema:
    schema = SiteFile.model_json_schema(by_alias=True, ref_template="#/$defs/{model}")
    return {"$schema": DIALECT, **_linked(schema), "title": "A site of Zongji (site.yaml)"}


def _tests() -> Schema:
    schema = CaseFile.model_json_schema(by_alias=True, ref_template="#/$defs/{model}")
    case = schema["$defs"]["Case"]["properties"]["talk"]
    case["items"] = {"anyOf": [{"$ref": "#/$defs/Move"}, {"enum": list(ALONE)}]}
    return {"$schema": DIALECT, **schema, "title": "Tests beside a flow of Zongji (flows/*.tests.yaml)"}


def _flow() -> Schema:
    definitions: Schema = {"way": _way(), "steps": {"type": "array", "minItems": 1, "items": {"$ref": "#/$defs/step"}}}
    steps: list[Schema] = [{"enum": [verb for verb, step in STEPS.items() if not _required(step)]}]
    for verb, step in STEPS.items():
        schema = _linked(step.model_json_schema(by_alias=True, ref_template="#/$defs/{model}"))
        definitions.update(schema.pop("$defs", {}))
        steps.append(_step(verb, step, schema))
    return {
        "$schema": DIALECT,
        "title": "A flow of Zongji (flows/*.yaml)",
        "type": "object",
        "properties": {"flow": {"type": "string", "description": "the flow's name, as the file's"}},
        "additionalProperties": {"$ref": "#/$defs/steps"},
        "$defs": {**definitions, "step": {"anyOf": steps}},
    }


def _way() -> Schema:
    words = f"a section, flow.section, a flow, {AGAIN} (this step), {NEXT} (the next step), {HANGUP}"
    words += f" or, in a list inside a step, {BACK} (to that step)"
    return {"anyOf": [{"type": "string", "description": words}, {"$ref": "#/$defs/steps"}], "description": words}


def _required(step: type[Step]) -> list[str]:
    return [field.alias or name for name, field in step.model_fields.items() if field.is_required()]


def _article() -> Schema:
    schema = Article.model_json_schema(by_alias=True, ref_template="#/$defs/{model}")
    return {"$schema": DIALECT, **schema, "title": "A knowledge article of Zongji (articles/*.yaml)"}


def _step(verb: str, step: type[Step], schema: Schema) -> Schema:
    """One step: its verb with the short or the long form, and the other words beside it."""
    fields: Schema = schema.get("properties", {})
    inner: list[Schema] = [{"type": "object", "properties": fields, "additionalProperties": _open(step, fields)}]
    if step.short:
        inner.append(fields[step.short])
    if not _required(step):
        inner.append({"type": "null"})
    description = cleandoc(step.__doc__ or "")  # Python 3.13 has taken the indentation out already
    wanted = [{"anyOf": _written(verb, step, name)} for name in _required(step) if name != step.open_field]
    wanted += [{"oneOf": [{"anyOf": _written(verb, step, name)} for name in step.one_of]}] if step.one_of else []
    return {
        "type": "object",
        "description": description,
        "properties": {**fields, verb: {"anyOf": inner, "description": description}},
        "required": [verb],
        "additionalProperties": False,
        **({"allOf": wanted} if wanted else {}),
    }


def _written(verb: str, step: type[Step], name: str) -> list[Schema]:
    """The places of one field: beside the verb, inside its mapping, or as its short form."""
    ways: list[Schema] = [{"required": [name]}] if name != verb else []
    ways.append({"properties": {verb: {"type": "object", "required": [name]}}})
    if name == step.short:
        ways.append({"properties": {verb: {"type": ["string", "number", "boolean", "array"]}}})
    return ways


def _open(step: type[Step], fields: Schema) -> Schema | bool:
    """What the free keys of ``say: {zh: ...}`` may hold."""
    if not step.open_field:
        return False
    if step.open_field == VALUES:
        return {"type": ["string", "number", "boolean"]}
    return {"type": ["string", "number"]} if step.open_field in fields else False


def modeline(file: Path, site: Path) -> str:
    """The line by which an editor finds the schema of one of the site's files, kept in the site's ``schema`` folder."""
    folders = file.relative_to(site).parts[:-1]
    kind = "site" if file.name == "site.yaml" else "tests" if file.name.endswith(TESTS) else "flow"
    kind = "article" if folders[:1] == (ARTICLES,) else kind
    up = "../" * len(folders)
    return f"{MODELINE}{up}{FOLDER}/{kind}.schema.json\n"


def write(folder: str) -> None:
    """Write the schemas into a folder."""
    for name, text in schema_json().items():
        (Path(folder) / name).write_text(text, encoding="utf-8")


def _linked(schema: Any) -> Any:
    """Every way out as a reference (pydantic keeps no references of ours)."""
    if isinstance(schema, list):
        return [_linked(entry) for entry in schema]
    if not isinstance(schema, dict):
        return schema
    if schema.get("title") == WAY_TITLE:
        return {"$ref": "#/$defs/way"}
    if "patternProperties" in schema:  # keys of a telephone: no others
        schema = {**schema, "additionalProperties": False}
    return {key: _linked(value) for key, value in schema.items()}
