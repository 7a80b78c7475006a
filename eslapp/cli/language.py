"""Which language a command speaks where it speaks only one: ``--lang``, else the terminal's (``LC_ALL``, ``LANG``).

Not here: the words.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from itertools import pairwise
from typing import Any

import click

LANGUAGES = ("zh", "en")
CHOSEN = "zongji.language"  # what ``--lang`` said, in the command's context
PLACES = ("LC_ALL", "LC_MESSAGES", "LANG")  # as gettext looks, the first that is set


def lang_option(function: Any) -> Any:
    """``--lang zh|en``, given to the command as ``language``."""
    return click.option(
        "--lang",
        "language",
        type=click.Choice(LANGUAGES),
        default=of_terminal,
        help="Problems in Chinese or English; usually the terminal's language.  以中文或英文说明问题。",
    )(function)


def _choose(context: click.Context, _option: click.Parameter, value: str | None) -> None:
    if value:
        context.meta[CHOSEN] = value


def spoken_option(function: Any) -> Any:
    """``--lang zh|en`` of a command that asks ``of_terminal`` wherever it says something."""
    return click.option(
        "--lang",
        type=click.Choice(LANGUAGES),
        expose_value=False,
        is_eager=True,
        callback=_choose,
        help="Speak Chinese or English; usually the terminal's language.  用中文或英文。",
    )(function)


def named(words: Iterable[str]) -> str:
    """What ``--lang`` says on a command line that could not be read, ``""`` where it says nothing.

    >>> named(["check", "--lang", "zh"]), named(["check", "--lang=en"]), named(["check", "--lang", "fr"]), named([])
    ('zh', 'en', '', '')
    """
    line = list(words)
    said = [after for word, after in pairwise([*line, ""]) if word == "--lang"]
    said += [word.removeprefix("--lang=") for word in line if word.startswith("--lang=")]
    return said[-1] if said and said[-1] in LANGUAGES else ""


def of_terminal() -> str:
    """What ``--lang`` said, else ``zh`` where the terminal's language is Chinese, else ``en``."""
    context = click.get_current_context(silent=True)
    if context is not None and CHOSEN in context.meta:
        return str(context.meta[CHOSEN])
    said = next((os.environ[place] for place in PLACES if os.environ.get(place)), "")
    return "zh" if said.lower().startswith("zh") else "en"
