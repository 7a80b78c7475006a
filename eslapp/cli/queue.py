"""``zongji queue``: the waiting lines of a running site."""

from __future__ import annotations

import time
from pathlib import Path

import click
from rich.live import Live
from rich.table import Table

from eslapp.cli.output import cell, console, json_option, show
from eslapp.cli.site_option import DaemonApi, open_site, site_option

COLUMNS = ("name", "waiting", "oldest_at", "ready", "talking")
LOOK_EVERY_S = 1.0


@click.group(
    epilog="""\b
Examples / 例子:
  zongji queue ls --json       who waits where, for machines
  zongji queue watch           the same, live, until Ctrl-C
"""
)
def command() -> None:
    """Waiting lines.  队列。"""


@command.command("ls")
@site_option
@json_option
def list_them(site_path: Path, as_json: bool) -> None:
    """All queues now."""
    rows = DaemonApi(open_site(site_path)).get("/api/queues")["queues"]
    show(rows, COLUMNS, as_json=as_json, empty="the site has no queues")


@command.command("watch")
@site_option
@click.option("--seconds", type=float, help="Stop after so long (otherwise Ctrl-C).")
def watch(site_path: Path, seconds: float | None) -> None:
    """All queues, live."""
    api = DaemonApi(open_site(site_path))
    until = time.monotonic() + seconds if seconds else float("inf")
    try:
        with Live(console=console, auto_refresh=False) as live:
            while time.monotonic() < until:
                live.update(board(api), refresh=True)
                time.sleep(min(LOOK_EVERY_S, max(0.0, until - time.monotonic())))
    except KeyboardInterrupt:
        return


def board(api: DaemonApi) -> Table:
    """The board as a table."""
    table = Table(box=None, header_style="bold")
    for name in COLUMNS:
        table.add_column(name.replace("_", " "))
    for row in api.get("/api/queues")["queues"]:
        table.add_row(*(cell(name, row.get(name)) for name in COLUMNS))
    return table
