"""Every verb's ``--help`` speaks by examples, in commands that exist, and says in Chinese too what the verb is for."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator

import click
import pytest

from eslapp.cli import main

HEADING = "Examples / 例子:"


def verbs(command: click.Command, *words: str) -> Iterator[tuple[str, click.Command]]:
    """("queue ls", its command) of everything there is, groups included."""
    yield " ".join(words), command
    if isinstance(command, click.Group):
        for name in command.list_commands(click.Context(command)):
            found = command.get_command(click.Context(command), name)
            assert found is not None
            yield from verbs(found, *words, name)


VERBS = dict(verbs(main))
LEAVES = [name for name, command in VERBS.items() if not isinstance(command, click.Group)]


def examples(name: str) -> list[list[str]]:
    """The words of each example of a verb, comments left out."""
    command = VERBS[name]
    shown = command.get_help(click.Context(command, info_name=name))
    _, _, block = shown.partition(HEADING)
    lines = [line.strip() for line in block.splitlines()]
    return [shlex.split(re.split(" {2,}", line)[0]) for line in lines if line.startswith("zongji ")]


def find(words: list[str]) -> tuple[str, click.Command, list[str]]:
    """(verb, its command, the arguments) of an example."""
    name = ""
    while words and f"{name} {words[0]}".strip() in VERBS:
        name = f"{name} {words.pop(0)}".strip()
    return name, VERBS[name], words


def test_there_are_verbs() -> None:
    assert {"run", "queue ls", "flow simulate", "freeswitch render"} <= set(LEAVES)


@pytest.mark.parametrize("name", VERBS)
def test_help_has_examples_that_can_be_typed(name: str) -> None:
    found = examples(name)
    assert found, f"zongji {name} --help has no block {HEADING!r}"
    for words in found:
        verb, command, arguments = find(words[1:])
        assert verb, f"{words}: no such verb"
        context = click.Context(command, info_name=verb)
        command.make_parser(context).parse_args(list(arguments))  # NoSuchOption, BadOptionUsage
        if name in LEAVES:
            given, _, _ = command.make_parser(context).parse_args(list(arguments))
            missing = [one.name for one in command.params if one.required and given.get(one.name or "") is None]
            assert verb != name or not missing, f"{words} lacks {missing}"


@pytest.mark.parametrize("name", LEAVES)
def test_a_verb_has_an_example_of_its_own(name: str) -> None:
    assert any(find(words[1:])[0] == name for words in examples(name))


@pytest.mark.parametrize("name", VERBS)
def test_help_is_in_chinese_too(name: str) -> None:
    assert re.search("[一-鿿]", VERBS[name].help or ""), f"zongji {name}: {VERBS[name].help}"
