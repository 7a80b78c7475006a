"""The package as a whole: pure, published, documented."""

import ast
import doctest
import importlib
import json
import re
import wave
from pathlib import Path

import pytest
from ivr_sites import DEMO

import ivr
from ivr import load_site
from ivr.steps import STEPS

PACKAGE = Path(ivr.__file__).parent
FORBIDDEN = {"gevent", "socket", "time", "random", "uuid", "os", "logging", "flask", "sqlite3", "subprocess", "eslapp"}
ALLOWED_YAML = {"strict_yaml.py"}
MODULES = sorted(PACKAGE.rglob("*.py"))


@pytest.mark.parametrize("file", MODULES, ids=lambda file: file.relative_to(PACKAGE).as_posix())
def test_the_package_is_pure(file: Path) -> None:
    tree = ast.parse(file.read_text("utf-8"))
    imported: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            imported.update(alias.name.split(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            imported.add((node.module or "").split(".")[0])
        elif isinstance(node, ast.Attribute):
            assert node.attr not in ("now", "utcnow", "today"), f"line {node.lineno}: the hour is passed in"
        elif isinstance(node, ast.Name):
            assert node.id not in ("eval", "exec", "__import__"), f"line {node.lineno}"
    assert not imported & FORBIDDEN
    assert "yaml" not in imported or file.name in ALLOWED_YAML


def test_the_examples_in_docstrings_are_true() -> None:
    ran = 0
    for file in (file for file in MODULES if ">>>" in file.read_text("utf-8")):
        name = ".".join(("ivr", *file.relative_to(PACKAGE).with_suffix("").parts)).removesuffix(".__init__")
        result = doctest.testmod(importlib.import_module(name))
        assert not result.failed, name
        ran += result.attempted
    assert ran > 10


def test_the_published_schemas_are_up_to_date() -> None:
    for name, text in ivr.schema_json().items():
        committed = (PACKAGE / "schema" / name).read_text("utf-8")
        assert committed == text, "run: python -c \"from ivr import json_schema; json_schema.write('ivr/schema')\""


def test_the_schema_of_flows_knows_every_step_and_its_words() -> None:
    schema = json.loads(ivr.schema_json()["flow.schema.json"])
    steps = {entry["required"][0]: entry for entry in schema["$defs"]["step"]["anyOf"] if "required" in entry}
    assert set(steps) == set(STEPS)
    for verb, step in STEPS.items():
        names = {field.alias or name for name, field in step.model_fields.items()}
        assert names <= set(steps[verb]["properties"])
    assert schema["$defs"]["step"]["anyOf"][0] == {"enum": ["answer", "hangup", "record", "return", "transfer"]}


def test_the_demo_files_point_editors_to_the_schemas() -> None:
    for file in sorted(path for path in DEMO.parent.rglob("*.yaml") if path.parent.name != "articles"):
        match = re.match(r"# yaml-language-server: \$schema=(\S+)\n", file.read_text("utf-8"))
        assert match, file
        assert (file.parent / match[1]).resolve().is_file()


def test_the_demo_site_is_bilingual_and_can_be_dialled_and_written_to() -> None:
    site, problems = load_site(DEMO)
    assert site is not None, problems
    assert site.languages == ("zh", "en")
    assert site.numbers["1000"] == "main"
    assert site.channels["website"].type == "webchat"
    assert {"1001", "1002", "1009"} <= set(site.agents)
    assert site.queues["orders"].target.within_s == 20.0
    assert site.queues["repairs"].wrap_up_s == 180.0


def test_the_hold_music_is_telephone_quality_quiet_and_loops() -> None:
    with wave.open(str(DEMO / "prompts" / "moh" / "calm.wav")) as sound:
        assert (sound.getnchannels(), sound.getsampwidth(), sound.getframerate()) == (1, 2, 8000)
        assert 20 <= sound.getnframes() / 8000 <= 40
        frames = memoryview(sound.readframes(sound.getnframes())).cast("h")
    assert 1000 < max(map(abs, frames)) < 8000
    assert abs(frames[0] - frames[-1]) < 500  # no click where it begins again
