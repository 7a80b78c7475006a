"""How commands print: a rich table for people, one JSON document for machines, one line for an error."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, NoReturn

import click
from rich.console import Console
from rich.table import Table

from eslapp.cli.language import of_terminal

console = Console(highlight=False, soft_wrap=True)

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
        table.add_column(heading(name), no_wrap=name in ("id", "interaction"), overflow="fold")
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
        return datetime.fromtimestamp(value).strftime("%m-%d %H:%M:%S")
    if isinstance(value, float):
        return f"{value:.1f}"
    if isinstance(value, dict):
        return " ".join(f"{key}:{number}" for key, number in value.items())
    if isinstance(value, (list, tuple)):
        return " ".join(str(part) for part in value)
    return str(value)


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
