"""Who may import whom. The contracts are in setup.cfg; here they are run, and the rules that name single files."""

from __future__ import annotations

import ast
import configparser
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from tree import PACKAGES, ROOT, importers, imports, nodes, python, syntax

CLOCKS = {"utcnow", "today", "monotonic", "perf_counter", "environ", "getenv"}
CONTRACTS = "importlinter:contract:pure-floor"


def settings() -> configparser.ConfigParser:
    read = configparser.ConfigParser()
    read.read(ROOT / "setup.cfg", encoding="utf-8")
    return read


def pure_files() -> list[Path]:
    names = settings()[CONTRACTS]["source_modules"].split()
    folders = [name.replace(".", "/") for name in names]
    return [
        path
        for path in python(*PACKAGES)
        if any(path.as_posix() == f"{folder}.py" or path.as_posix().startswith(f"{folder}/") for folder in folders)
    ]


def linted(folder: Path) -> subprocess.CompletedProcess[str]:
    """In a process of its own: it disables the loggers of the one it runs in."""
    command = [sys.executable, "-c", "import sys; sys.path.insert(0, '.'); from importlinter.cli import lint_imports"]
    command[-1] += "; sys.exit(lint_imports(config_filename='setup.cfg', no_cache=True))"
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=60)


def test_the_contracts_of_setup_cfg_hold() -> None:
    ran = linted(ROOT)
    assert ran.returncode == 0, ran.stdout + ran.stderr


def test_the_pure_floor_is_all_there() -> None:
    for name in settings()[CONTRACTS]["source_modules"].split():
        path = ROOT / name.replace(".", "/")
        assert path.is_dir() or path.with_suffix(".py").is_file(), f"setup.cfg names {name}, which is gone"
    assert len(pure_files()) > 100


def test_the_pure_floor_reads_no_clock_and_no_environment() -> None:
    found = {f"{path}: {pair}" for path in pure_files() for pair in attributes(path) if is_impure(*pair)}
    assert found == set(), "the hour, names and settings are passed in"


def attributes(path: Path) -> set[tuple[str, str]]:
    """``(name, attribute)`` of every ``name.attribute`` in the module."""
    found = [node for node in nodes(path) if isinstance(node, ast.Attribute)]
    return {(node.value.id if isinstance(node.value, ast.Name) else "", node.attr) for node in found}


def is_impure(name: str, attribute: str) -> bool:
    """Whether it asks the machine for the hour or its environment (``switch.now`` given by a caller is neither)."""
    return attribute in CLOCKS or (attribute == "now" and name in ("datetime", "dt"))


@pytest.mark.parametrize(
    ("name", "allowed"),
    [
        ("sqlite3", {"eslapp/store/dialect.py", "eslapp/store/store.py"}),
        ("sqlite_utils", {"eslapp/store/dialect.py"}),
        ("greenswitch", {"eslapp/esl/link.py", "eslapp/esl/server.py"}),
        ("vosk", {"recordings/transcribe/engines/vosk.py"}),
        ("gevent.monkey", {"eslapp/__main__.py"}),
        ("scripts", set()),
        ("tests", set()),
        ("pytest", {"eslapp/softswitch/pytest_plugin.py"}),
        ("hypothesis", set()),
    ],
)
def test_one_door(name: str, allowed: set[str]) -> None:
    assert importers(name, *PACKAGES, "scripts") <= allowed


def test_patching_is_the_first_thing_the_daemon_does() -> None:
    first = [node for node in syntax(Path("eslapp/__main__.py")).body if not is_docstring(node)][:2]
    assert ast.unparse(first[0]) == "from gevent import monkey"
    assert ast.unparse(first[1]) == "monkey.patch_all()"


@pytest.mark.parametrize("name", ["vosk", "twilio", "moonshine_voice", "faster_whisper", "hibari", "misaki"])
def test_heavy_packages_are_imported_where_they_are_used(name: str) -> None:
    eager = [
        path.as_posix()
        for path in python(*PACKAGES)
        if any(found.split(".")[0] == name for found in imports(path, top_level_only=True))
    ]
    assert eager == []


@pytest.mark.parametrize(
    ("package", "line", "broken"),
    [
        ("eslapp/core", "import gevent", "The pure floor"),
        ("ivr", "import eslapp.core.model", "Flows and the domain"),
        ("webhooks", "import eslapp.services.dispatcher", "The web speaks"),
        ("eslapp/softswitch", "import eslapp.bus", "The soft switch"),
        ("eslapp/services", "import eslapp.softphone", "The daemon knows a switch"),
        ("eslapp/store", "import eslapp.services.chats", "Inside the daemon"),
    ],
)
@pytest.mark.slow
def test_a_broken_contract_is_found(tmp_path: Path, package: str, line: str, broken: str) -> None:
    """The contracts bite: one wrong import in a copy of the tree fails with the contract's name."""
    for name in PACKAGES:
        shutil.copytree(ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns("*.wav", "__pycache__", "var"))
    shutil.copy(ROOT / "setup.cfg", tmp_path)
    with (tmp_path / package / "trespasser.py").open("w", encoding="utf-8") as file:
        file.write(line + "\n")
    ran = linted(tmp_path)
    assert ran.returncode == 1, ran.stdout + ran.stderr
    verdicts = " ".join(ran.stdout.split("Broken contracts")[-1].split())
    assert broken in verdicts, ran.stdout


def is_docstring(node: ast.stmt) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
