"""The pages themselves: same commands in both languages, links that lead somewhere, commands that exist."""

from __future__ import annotations

import doctest
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import click
import parsing
import pytest
from pages import PAIRS, ROOT, Command, blocks, commands, pages
from parsing import refusal

from eslapp.cli import main
from ivr.strict_yaml import read_yaml

LINK = re.compile(r"\]\((?!https?://)([^)#\s]+)[^)]*\)")
EVERY = [command for page in pages() for command in commands(page)]


def test_the_readme_speaks_of_everything_important() -> None:
    told = "\n".join(command.text for command in commands("README.md"))
    context = click.Context(main)
    for verb in main.list_commands(context):
        assert f"zongji {verb}" in told or verb == "demo", f"README.md has no example of: zongji {verb}"
    assert {"scripts/run", "scripts/test"} <= set(told.splitlines())


@pytest.mark.parametrize(("english", "chinese"), PAIRS)
def test_both_languages_hold_the_same_commands(english: str, chinese: str) -> None:
    assert [one.text for one in commands(english)] == [one.text for one in commands(chinese)]
    for language in ("yaml", "python", "ini", "nginx"):
        assert [code(block) for _, block in blocks(english, language)] == [
            code(block) for _, block in blocks(chinese, language)
        ]


def code(block: str) -> list[str]:
    """The lines without the comments, which are translated."""
    return [re.split(r"\s+# ", line)[0] for line in block.splitlines()]


@pytest.mark.parametrize("command", EVERY, ids=str)
def test_the_command_exists_with_these_options(
    command: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for folder in ("shop/flows", "conf", "freeswitch-conf"):
        (tmp_path / folder).mkdir(parents=True)
    (tmp_path / "shop" / "flows" / "main.yaml").touch()
    assert refusal(command.text) == "", str(command)


def test_services_start_commands_that_exist(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    units = "".join(block for _, block in blocks("docs/operations.md", "ini"))
    started = re.findall(r"^ExecStart=(.+)$", units, re.MULTILINE)
    assert len(started) == 2
    for line in started:
        assert refusal(line) == "", line


@pytest.mark.system
def test_the_step_of_the_tour_is_found_and_runs(tmp_path: Path) -> None:
    """CONTRIBUTING.md: one file in ``ivr/steps``, nothing else edited."""
    ((_, step),) = blocks("CONTRIBUTING.md", "python")
    shutil.copytree(ROOT / "ivr", tmp_path / "ivr", ignore=shutil.ignore_patterns("__pycache__", "sites"))
    (tmp_path / "ivr" / "steps" / "tag.py").write_text(step, encoding="utf-8")
    (tmp_path / "try_it.py").write_text(TRY_TAG, encoding="utf-8")
    env = os.environ | {"PYTHONPATH": f"{tmp_path}{os.pathsep}{ROOT / 'tests' / 'ivr'}"}
    ran = subprocess.run(
        [sys.executable, "try_it.py"], cwd=tmp_path, env=env, capture_output=True, text=True, timeout=60
    )
    assert ran.stdout == "complaint\n", ran.stderr


TRY_TAG = """
from ivr.steps import STEPS
from ivr_sites import Contact, make
print(Contact(make(STEPS["tag"].EXAMPLE), "voice").turn.session.variables["tag"])
"""


@pytest.mark.parametrize(
    "wrong",
    [
        "zongji ques ls",
        "zongji queue ls --sight x",
        "zongji call",
        "scripts/walk",
        "scripts/test --quick",
        "scripts/run --onse",
        "sipp 1 -sf scripts/sipp/nobody.xml",
        "freeswitch -config x",
        "python -m tests.bench.nothing",
        "frobnicate",
    ],
)
def test_a_wrong_command_is_refused(wrong: str) -> None:
    assert refusal(wrong)


def test_the_examples_of_the_judge_hold() -> None:
    assert doctest.testmod(parsing).failed == 0


@pytest.mark.parametrize("script", ["scripts/run", "scripts/test", "scripts/setup.sh", ".ci/run"])
def test_scripts_are_sound_shell(script: str) -> None:
    checked = subprocess.run(["bash", "-n", script], cwd=ROOT, capture_output=True, text=True, timeout=10)
    assert checked.returncode == 0, checked.stderr
    assert script.endswith(".sh") or (ROOT / script).stat().st_mode & 0o111, f"{script} cannot be executed"


@pytest.mark.parametrize(
    "page",
    sorted(
        {path.relative_to(ROOT).as_posix() for path in ROOT.glob("[A-Zd]*/*.md")}
        | {path.name for path in ROOT.glob("*.md")}
    ),
)
def test_links_lead_somewhere(page: str) -> None:
    text = (ROOT / page).read_text(encoding="utf-8")
    broken = [link for link in LINK.findall(text) if not ((ROOT / page).parent / link).exists()]
    assert broken == []


@pytest.mark.parametrize("readme", sorted(path.relative_to(ROOT).as_posix() for path in ROOT.glob("*/README.md")))
def test_files_named_in_a_folders_readme_are_there(readme: str) -> None:
    folder = (ROOT / readme).parent
    text = (folder / "README.md").read_text(encoding="utf-8")
    named = {name for name in re.findall(r"`([\w./-]+\.(?:py|js|sh))`", text)}
    gone = {name for name in named if not any(folder.rglob(name)) and not (ROOT / name).exists()}
    assert gone == set()


def test_the_pictures_are_there_and_light() -> None:
    for name, most in (("workbench.png", 500_000), ("timeline.svg", 100_000)):
        picture = ROOT / "docs" / "img" / name
        assert 1_000 < picture.stat().st_size < most


@pytest.mark.parametrize("page", ["README.md", "README.zh-CN.md"])
def test_the_yaml_of_the_readme_can_be_read(page: str) -> None:
    for _, block in blocks(page, "yaml"):
        assert read_yaml(page, block).problems == []
