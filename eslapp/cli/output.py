"""How commands print: a rich table for people, one JSON document for machines, one line for an error."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, NoReturn

import click
from rich.cells import cell_len
from rich.console import Console
from rich.table import Table

from eslapp.cli.language import of_terminal

BESIDE_A_TERMINAL = 500  # columns: what goes into a file or to grep is broken nowhere
LONGEST = 24  # columns of a word that is never broken
LETTERS = 12  # of an id: enough to be its own, and commands take the first letters of one


def _width() -> int | None:
    """None: the terminal's."""
    return None if sys.stdout.isatty() or os.environ.get("COLUMNS") else BESIDE_A_TERMINAL


console = Console(highlight=False, soft_wrap=True, width=_width())

json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON instead of a table.")


def show(rows: Sequence[dict[str, Any]], columns: Iterable[str], *, as_json: bool, empty: str) -> None:
    """Print rows: all fields as JSON, the named columns as a table, ``empty`` where there are none."""
    if as_json:
        click.echo(json.dumps(list(rows), ensure_ascii=False, default=str))
        return
    if not rows:
        tell(empty)
        return
    names = list(columns)
    table = Table(box=None, pad_edge=False, header_style="bold")
    for name in names:
        cells = [cell(name, row.get(name)) for row in rows]
        is_one_word = name.endswith("_at") or not any(" " in one for one in cells)
        longest = max(cell_len(word) for one in (heading(name), *cells) for word in one.split() or ("",))
        table.add_column(heading(name), no_wrap=is_one_word, min_width=min(longest, LONGEST), overflow="fold")
    for row in rows:
        table.add_row(*(cell(name, row.get(name)) for name in names))
    console.print(table)


def heading(name: str) -> str:
    """A column's name as people read it; apart from sentences, which have words like ``name`` and ``flow`` in slots."""
    if of_terminal() == "zh":
        from eslapp.cli.habits_chinese import HEADINGS

        if name in HEADINGS:
            return HEADINGS[name]
    return in_terminal(name.replace("_", " "))


def cell(name: str, value: Any) -> str:
    """One value as people read it; instants (``*_at``) in local time."""
    if value is None or value == "":
        return "-"
    if name.endswith("_at") and isinstance(value, (int, float)):
        return local_time(value)
    if name in ("id", "interaction"):
        return str(value)[:LETTERS]
    if isinstance(value, float):
        return f"{value:.1f}"
    if isinstance(value, dict):
        return " ".join(f"{key}:{number}" for key, number in value.items())
    if isinstance(value, (list, tuple)):
        return " ".join(str(part) for part in value)
    return str(value)


def local_time(at: float) -> str:
    """An instant as people read it here: the time today, the day before that."""
    then = datetime.fromtimestamp(at)
    return then.strftime("%H:%M:%S" if then.date() == datetime.now().date() else "%m-%d %H:%M")


def in_terminal(text: str) -> str:
    """In the language of the terminal, or of ``--lang``; English where nobody has translated it."""
    if of_terminal() == "en":
        return text
    from eslapp.cli.findings_chinese import finding_in  # reads all checks: only for whoever needs it

    return finding_in(text, "zh")


def tell(text: str, style: str = "") -> None:
    """One line on the way, in the terminal's language."""
    console.print(in_terminal(text), style=style or None, markup=False)


def counted(number: int, what: str) -> str:
    """``1 error``, ``2 errors``."""
    return f"{number} {what}" if number == 1 else f"{number} {what}s"


def fail(text: str, code: int = 1) -> NoReturn:
    """End with one clear line on stderr, in the terminal's language."""
    click.echo(f"zongji: {in_terminal(text)}", err=True)
    raise SystemExit(code)
