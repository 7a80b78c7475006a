"""The JSON Schemas as an editor uses them: every good file passes, an author's mistakes are underlined."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from ivr_sites import DEMO

import ivr
from ivr.strict_yaml import read_yaml

jsonschema = pytest.importorskip("jsonschema", reason="jsonschema is not installed: pip install 'zongji[test]'")

DEFECTS = Path(__file__).parent / "defects"
FILES = sorted(file for file in DEMO.parent.rglob("*.yaml") if file.parent.name != "articles")


@cache
def validator(kind: str) -> Any:
    """Making the schemas takes longer than asking one."""
    return jsonschema.Draft202012Validator(json.loads(ivr.schema_json()[f"{kind}.schema.json"]))


def complaints(kind: str, value: Any) -> list[str]:
    return [error.message for error in validator(kind).iter_errors(value)]


def kind_of(file: Path) -> str:
    return "site" if file.name.endswith("site.yaml") else "tests" if file.name.endswith(".tests.yaml") else "flow"


@pytest.mark.parametrize("file", [*FILES, *sorted(DEFECTS.glob("*.yaml"))], ids=lambda file: file.name)
def test_what_the_loader_reads_passes(file: Path) -> None:
    assert complaints(kind_of(file), read_yaml(file.name, file.read_bytes()).value) == []


MENU = {"prompt": "x", "keys": {"1": "a"}}


@pytest.mark.parametrize(
    "kind, value",
    [
        ("flow", {"start": [{"sya": "x"}]}),
        ("flow", {"start": [{"menu": {**MENU, "kyes": 1}}]}),
        ("flow", {"start": [{"menu": {**MENU, "wait": 5}}]}),
        ("flow", {"start": [{"menu": {"prompt": "x", "keys": {"a": "b"}}}]}),
        ("flow", {"start": [{"say": {"en": ["a"]}}]}),
        ("flow", {"start": {"say": "x"}}),
        ("flow", {"start": []}),
        ("site", {"site": "x", "langauges": ["en"]}),
        ("site", {"site": "x", "languages": ["en"], "numbers": ["1000"]}),
        ("tests", {"tests": [{"nam": "x", "talk": ["silence"]}]}),
        ("tests", {"tests": [{"name": "x", "talk": [{"presses": 1}]}]}),
    ],
)
def test_mistakes_are_underlined(kind: str, value: object) -> None:
    assert complaints(kind, value)
