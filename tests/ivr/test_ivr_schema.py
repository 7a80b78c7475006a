"""The JSON Schemas as an editor uses them: every good file passes, an author's mistakes are underlined."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ivr_sites import DEMO, SITE

import ivr
from ivr import read_site
from ivr.loader import read_draft
from ivr.strict_yaml import read_yaml

jsonschema = pytest.importorskip("jsonschema", reason="jsonschema is not installed: pip install 'zongji[test]'")

DEFECTS = Path(__file__).parent / "defects"
FILES = sorted(DEMO.parent.rglob("*.yaml"))


@cache
def validator(kind: str) -> Any:
    """Making the schemas takes longer than asking one."""
    return jsonschema.Draft202012Validator(json.loads(ivr.schema_json()[f"{kind}.schema.json"]))


def complaints(kind: str, value: Any) -> list[str]:
    return [error.message for error in validator(kind).iter_errors(value)]


def kind_of(file: Path) -> str:
    if file.parent.name == "articles":
        return "article"
    return "site" if file.name.endswith("site.yaml") else "tests" if file.name.endswith(".tests.yaml") else "flow"


@pytest.mark.parametrize("file", [*FILES, *sorted(DEFECTS.glob("*.yaml"))], ids=lambda file: file.name)
def test_what_the_loader_reads_passes(file: Path) -> None:
    assert complaints(kind_of(file), read_yaml(file.name, file.read_bytes()).value) == []


GOODBYE = "flow: main\nstart:\n  - hangup: {say: Bye}\n"
MENU = {"prompt": "x", "keys": {"1": "a"}}


@pytest.mark.parametrize(
    "kind, value",
    [
        ("article", {"question": "x", "anwser": "y"}),
        ("article", {"question": "x", "answer": "y", "keywords": {"a": 1}}),
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


@pytest.mark.parametrize(
    "kind, value",
    [
        ("flow", {"start": [{"gather": {"as": "order", "prompt": "x"}}]}),
        ("flow", {"start": [{"gather": {"as": "order", "prompt": "x", "digits": 6, "letters": "2-20"}}]}),
        ("flow", {"start": [{"gather": {"prompt": "x", "digits": 6}}]}),
        ("flow", {"start": [{"hours": "service"}]}),
        ("flow", {"start": [{"transfer": {"say": "x"}}]}),
        ("flow", {"start": [{"queue": {"priority": 3}}]}),
        ("flow", {"start": [{"queue": {"name": "orders", "priority": True}}]}),
        ("site", {"site": "x", "languages": ["english"], "timezone": "UTC"}),
        ("site", {"site": "x", "languages": ["en"], "timezone": "UTC", "numbers": {"10x": "main"}}),
        ("site", {"site": "x", "languages": ["en"], "timezone": "UTC", "calendars": {"a": {"open": {"mo": "9"}}}}),
    ],
)
def test_what_the_loader_refuses_is_underlined(kind: str, value: dict[str, Any]) -> None:
    assert complaints(kind, value)
    text = json.dumps(value)
    files = {"site.yaml": SITE, "flows/main.yaml": text} if kind == "flow" else {"site.yaml": text}
    assert read_site(files)[0] is None


@pytest.mark.parametrize(
    "step",
    [
        {"gather": {"as": "order", "prompt": "x", "digits": 6}},
        {"gather": {"as": "order", "prompt": "x"}, "letters": "2-20"},
        {"hours": "service", "closed": "start"},
        {"hours": {"calendar": "service", "closed": "start"}},
        {"transfer": 1001},
        {"transfer": {"say": "x"}, "number": "02112345678"},
        {"queue": "orders", "otherwise": "start"},
    ],
)
def test_every_form_of_a_step_passes(step: dict[str, Any]) -> None:
    assert complaints("flow", {"start": [step]}) == []


@pytest.mark.parametrize("word", ["yes", "no", True])
def test_yes_and_no_are_words_in_a_site_too(word: object) -> None:
    """An editor reads YAML 1.2, where they are no truth values."""
    queue = {"announce": {"position": "every 30 s", "wait": word}}
    routing = {"chats_during_call": word, "calls_during_chats": word}
    site = {"site": "x", "languages": ["en"], "timezone": "UTC", "queues": {"orders": queue}, "routing": routing}
    assert complaints("site", site) == []
    assert read_site({"site.yaml": json.dumps(site), "flows/main.yaml": GOODBYE})[1] == []


GOOD = {file.relative_to(DEMO).as_posix(): read_yaml(file.name, file.read_bytes()).value for file in FILES
        if DEMO in file.parents and not file.name.endswith(".tests.yaml")}  # fmt: skip
NEW_VALUES = [5, "x", "yes", None, ["x"], {"x": 1}, [], {}, True]


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The path of everything inside."""
    entries = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in entries:
        yield (*path, key)
        yield from places(inner, (*path, key))


@pytest.mark.slow
@settings(max_examples=300, deadline=None)
@given(st.sampled_from([(file, path) for file, value in GOOD.items() for path in places(value)]), st.data())
def test_an_editor_never_underlines_what_the_loader_reads(place: tuple[str, tuple[Any, ...]], data: Any) -> None:
    file, path = place
    files = copy.deepcopy(GOOD)
    holder = files[file]
    for part in path[:-1]:
        holder = holder[part]
    how = data.draw(st.sampled_from(["remove", "rename", *NEW_VALUES]))
    if how == "remove" or (how == "rename" and isinstance(holder, list)):
        del holder[path[-1]]
    elif how == "rename":
        holder[f"{path[-1]}x"] = holder.pop(path[-1])
    else:
        holder[path[-1]] = how
    _, problems = read_draft({name: json.dumps(value, ensure_ascii=False) for name, value in files.items()})
    underlined = complaints(kind_of(Path(file)), files[file])
    assert not underlined or any(problem.file == file for problem in problems), underlined
