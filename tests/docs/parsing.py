"""Whether a command is one that exists, with options that exist, without running it.

>>> refusal("zongji queue ls --site shop")
''
>>> refusal("zongji queue ls --sight shop")
"No such option '--sight'. Did you mean '--site'?"
"""

from __future__ import annotations

import importlib.util
import shlex
from pathlib import Path

import click
from pages import ROOT

from eslapp.cli import main

FREESWITCH_OPTIONS = {"-nonat", "-nf", "-nc", "-conf", "-log", "-db"}
SIPP_OPTIONS = {"-sf", "-s", "-m", "-r", "-i", "-p"}
OTHERS = {"cp", "curl", "lint-imports", "mypy", "ruff", "tar"}


def refusal(text: str) -> str:
    """What is wrong with the command, or ``""``."""
    words = shlex.split(text)
    name = Path(words[0]).name
    if words[0].startswith("scripts/"):
        return _script(words)
    if name == "zongji":
        return _zongji(words[1:])
    if name == "python":
        return _python(words[1:])
    if name == "freeswitch":
        return _options(words, FREESWITCH_OPTIONS)
    if name == "sipp":
        return _options(words, SIPP_OPTIONS) or _missing(words[words.index("-sf") + 1])
    return "" if name in OTHERS else f"what is {name!r}? say in tests/docs/parsing.py how to judge it"


def _script(words: list[str]) -> str:
    if not (ROOT / words[0]).is_file():
        return f"{words[0]} is not there"
    if words[0] == "scripts/run":
        return _zongji(["run" if "--site" in words else "demo", *words[1:]])
    if words[0] == "scripts/test":
        return "" if set(words[1:2]) <= {"--fast"} else f"scripts/test does not know {words[1]}"
    return ""


def _zongji(words: list[str]) -> str:
    """Walk down the groups as click would, and let it parse; nothing is called."""
    command: click.Command = main
    context = click.Context(main, info_name="zongji")
    while isinstance(command, click.Group):
        if not words:
            return ""
        found = command.get_command(context, words[0])
        if found is None:
            return f"No such command {words[0]!r}."
        command, words = found, words[1:]
        context = click.Context(command, parent=context, info_name=command.name)
    try:
        command.make_context(command.name or "", list(words), parent=context.parent)
    except click.exceptions.Exit:
        return ""
    except click.UsageError as error:
        return error.format_message()
    return ""


def _python(words: list[str]) -> str:
    if words[0] == "-m":
        return "" if importlib.util.find_spec(words[1]) else f"no module {words[1]}"
    return "" if words[0] == "-c" else _missing(words[0])


def _options(words: list[str], known: set[str]) -> str:
    strange = {word for word in words[1:] if word.startswith("-")} - known
    return f"{words[0]} does not know {sorted(strange)}" if strange else ""


def _missing(path: str) -> str:
    return "" if (ROOT / path).is_file() else f"{path} is not there"
