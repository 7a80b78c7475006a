"""ONE FILE = ONE THING, and every thing has its case: a file added to a registry without a test fails here."""

from __future__ import annotations

import gzip
import importlib
import re
from collections.abc import Callable, Iterable
from pathlib import Path

import pytest
from tree import ROOT, files, text

from eslapp.cli import main
from eslapp.core.routing import STRATEGIES
from eslapp.softswitch import api, apps
from ivr.checks import CHECKS
from ivr.steps import STEPS
from webhooks.api import blueprints
from webhooks.channels import CHANNELS

GOLDEN = ROOT / "tests/softswitch/data/golden.json.gz"  # real FreeSWITCH's traces, replayed on the soft switch


def words(*folders: str) -> set[str]:
    """Every word in the test files of these folders, without those of this file."""
    found: set[str] = set()
    for path in files():
        if path.as_posix().startswith(tuple(folders)) and path.suffix in (".py", ".json", ".yaml", ".xml", ".md"):
            found |= set(re.findall(r"[\w-]+", text(path)))
    return found


def golden_words() -> set[str]:
    return set(re.findall(r"[\w-]+", gzip.decompress(GOLDEN.read_bytes()).decode("utf-8")))


def cases(folder: str, pattern: str) -> set[str]:
    """The names of the case files of a folder, e.g. ``case_(.+)\\.py``."""
    names = [re.fullmatch(pattern, path.name) for path in (ROOT / folder).iterdir()]
    return {match[1] for match in names if match}


def engines(package: str) -> set[str]:
    folder = Path(str(importlib.import_module(package).__file__)).parent
    return {path.stem for path in folder.glob("*.py")} - {"__init__"}


def soft_switch_tests() -> set[str]:
    return words("tests/softswitch/", "tests/conformance/") | golden_words()


@pytest.mark.parametrize(
    ("things", "tested"),
    [
        pytest.param(STEPS, lambda: words("tests/ivr/test_ivr_steps"), id="steps"),
        pytest.param(CHECKS, lambda: cases("tests/ivr/defects", r"(\w+?)(?:\.site)?\.yaml"), id="checks"),
        pytest.param(STRATEGIES, lambda: cases("tests/core/routing", r"case_(\w+)\.py"), id="strategies"),
        pytest.param(CHANNELS, lambda: cases("tests/webhooks/cases", r"(\w+)\.json"), id="channels"),
        pytest.param(apps.registered(), soft_switch_tests, id="applications"),
        pytest.param(api.registered(), soft_switch_tests, id="switch commands"),
        pytest.param(engines("recordings.transcribe.engines"), lambda: words("tests/recordings/"), id="recognisers"),
        pytest.param(engines("recordings.speech.engines"), lambda: words("tests/recordings/"), id="voices"),
        pytest.param(main.commands or main.list_commands(None), lambda: words("tests/cli/", "tests/docs/"), id="verbs"),
    ],
)
def test_everything_registered_has_its_case(things: Iterable[str], tested: Callable[[], set[str]]) -> None:
    without = set(things) - tested()
    assert without == set(), f"no test speaks of {sorted(without)}"


def test_every_noun_of_the_http_api_is_asked_for_in_a_test() -> None:
    asked = "\n".join(text(path) for path in files() if path.as_posix().startswith("tests/webhooks/"))
    missing = [one.name for one in blueprints() if f"/{one.name.removesuffix('s')}" not in asked]
    assert missing == []


def test_the_registries_are_not_empty() -> None:
    assert min(map(len, (STEPS, CHECKS, STRATEGIES, apps.registered(), api.registered()))) > 2
