"""The tree as a whole: sizes, names, words, formatting, types."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from pathlib import Path
from typing import TypeGuard

import pytest
from tree import PACKAGES, ROOT, files, nodes, python, syntax, text, texts

LONGEST_FILE, LONGEST_FUNCTION = 350, 60
LONGER = {  # tables that read better whole
    "tests/esl/test_greenswitch_defects.py": 600,
    "tests/ivr/test_ivr_steps.py": 400,
    "tests/services/test_dispatcher.py": 450,
    "tests/softswitch/golden_scenarios.py": 550,
    "tests/softswitch/sip/test_sip_inbound.py": 400,
}
EMPTY_WORDS = {"data", "info", "manager", "handler", "helper", "util", "utils", "helpers", "common", "misc"}
UNFINISHED = re.compile(r"\b(TO" + r"DO|FIX" + r"ME|XX" + r"X|raise NotImplemented" + r"Error)\b")
MACHINE_PATHS = re.compile(r"(?<![\w.$}/-])/(wo" + r"rk|ro" + r"ot|op" + r"t|home/\w+)/")
SLEEPS = {("time", "sleep"), ("gevent", "sleep"), ("asyncio", "sleep")}
HANGS_S = 10
OTHERS_TEXT = ("tests/softswitch/sip/data/rfc4475/", "webhooks/workbench/vendor/")


def run(*command: str) -> None:
    ran = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=110)
    assert ran.returncode == 0, ran.stdout[-4000:] + ran.stderr[-2000:]


def test_ruff_has_nothing_to_say() -> None:
    run(sys.executable, "-m", "ruff", "check", ".")


def test_the_tree_is_formatted() -> None:
    run(sys.executable, "-m", "ruff", "format", "--check", "--quiet", ".")


@pytest.mark.slow
def test_the_pure_floor_is_typed_strictly() -> None:
    run(sys.executable, "-m", "mypy")


def test_files_are_short() -> None:
    code = [path for path in texts() if path.suffix in (".py", ".mjs", ".js", ".css", ".sh", ".html")]
    sizes = {path.as_posix(): text(path).count("\n") for path in code}
    assert {name: size for name, size in sizes.items() if size > LONGER.get(name, LONGEST_FILE)} == {}


@pytest.mark.system
def test_regular_expressions_work_on_debians_python() -> None:
    """Possessive and atomic groups match too much before Python 3.11.5 (gh-106052); Debian 12 has 3.11.2."""
    possessive = re.compile(r"\)[*+?]\+|\(\?>")
    found = {
        f"{path}:{node.lineno}"
        for path in python(*PACKAGES)
        for node in nodes(path)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and possessive.search(node.value)
        if not node.value.count("\n")  # a docstring
    }
    assert found == set()


def test_functions_are_short() -> None:
    long = {
        f"{path}:{node.lineno} {node.name}": size
        for path in python(*PACKAGES)
        for node in nodes(path)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        if (size := (node.end_lineno or 0) - node.lineno + 1) > LONGEST_FUNCTION
    }
    assert long == {}


def test_file_names_say_something() -> None:
    named_by_freeswitch = {"eslapp/softswitch/apps/info.py", "tests/softswitch/apps/test_app_info.py"}
    paths = [path for path in python(*PACKAGES, "tests") if set(path.stem.split("_")) & EMPTY_WORDS]
    assert {path.as_posix() for path in paths} <= named_by_freeswitch


def test_every_module_says_what_it_owns() -> None:
    modules = [path for path in python(*PACKAGES) if text(path).strip()]
    silent = [path.as_posix() for path in modules if not ast.get_docstring(syntax(path))]
    assert silent == []


def test_nothing_is_left_for_later() -> None:
    here = Path(__file__).name
    code = [path for path in texts() if path.suffix in (".py", ".mjs", ".js", ".sh", ".yaml", ".xml", ".cfg", ".md")]
    found = {
        f"{path}:{number}"
        for path in code
        if path.name != here and not path.as_posix().startswith(OTHERS_TEXT)
        for number, line in enumerate(text(path).splitlines(), 1)
        if UNFINISHED.search(line)
    }
    assert found == set()


def test_no_path_of_one_machine() -> None:
    found = {
        f"{path}:{number}: {line.strip()[:80]}"
        for path in texts()
        if not path.as_posix().startswith(OTHERS_TEXT)
        for number, line in enumerate(text(path).splitlines(), 1)
        if MACHINE_PATHS.search(line)
    }
    assert found == set()


def test_tests_wait_for_events_and_never_sleep() -> None:
    """A sleep may pace a loop that has a deadline or play a peer that hangs; any other says in a comment why."""
    assert lone_sleeps(ast.parse("time.sleep(1)")) == {1}
    assert lone_sleeps(ast.parse("while x: time.sleep(1)")) == set() == lone_sleeps(ast.parse("gevent.sleep(30)"))
    sleepy = [path for path in python("tests") if "sleep(" in text(path)]
    found = {f"{path}:{line}" for path in sleepy for line in lone_sleeps(syntax(path)) if not is_told(path, line)}
    assert found == set()


def is_told(path: Path, line: int) -> bool:
    return "  # " in text(path).splitlines()[line - 1]


def lone_sleeps(tree: ast.AST) -> set[int]:
    """Lines of sleeps outside of loops, but for ``sleep(0)`` and those of a peer that hangs."""
    loops = [node for node in ast.walk(tree) if isinstance(node, ast.While | ast.For | ast.AsyncFor)]
    pacing = {id(node) for loop in loops for node in ast.walk(loop)}
    return {node.lineno for node in ast.walk(tree) if is_sleep(node) and id(node) not in pacing}


def is_sleep(node: ast.AST) -> TypeGuard[ast.Call]:
    if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)):
        return False
    if not isinstance(node.func.value, ast.Name) or (node.func.value.id, node.func.attr) not in SLEEPS:
        return False
    seconds = node.args[0].value if node.args and isinstance(node.args[0], ast.Constant) else None
    return not isinstance(seconds, int | float) or 0 < seconds < HANGS_S


@pytest.mark.parametrize("folder", ["fs_conf", "ivr", "eslapp", "webhooks", "recordings", "scripts", "tests"])
def test_each_top_folder_explains_itself(folder: str) -> None:
    readme = ROOT / folder / "README.md"
    assert readme.is_file(), f"{folder}/README.md: what lives here, what does not, how to add one"
    assert len(readme.read_text(encoding="utf-8").splitlines()) <= 30


def test_nothing_big_slips_in() -> None:
    big = {path.as_posix(): size for path in files() if (size := (ROOT / path).stat().st_size) > 1_000_000}
    assert big == {}
