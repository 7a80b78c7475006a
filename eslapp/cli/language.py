"""Which language a command speaks where it speaks only one: ``--lang``, else the terminal's (``LC_ALL``, ``LANG``).

Not here: the words.
"""

from __future__ import annotations

import os
from typing import Any

import click

LANGUAGES = ("zh", "en")
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


def of_terminal() -> str:
    """``zh`` where the terminal's language is Chinese, else ``en``."""
    said = next((os.environ[place] for place in PLACES if os.environ.get(place)), "")
    return "zh" if said.lower().startswith("zh") else "en"
