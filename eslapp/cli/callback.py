"""``zongji callback``: who waits to be called back."""

from __future__ import annotations

from pathlib import Path

import click

from eslapp.cli.output import json_option, show
from eslapp.cli.site_option import open_site, open_store, site_option
from eslapp.core.plain import to_plain
from eslapp.store import interactions

COLUMNS = ("id", "address", "state", "queue", "due_at", "queued_at", "tries", "agent", "outcome", "parent")


@click.group(
    epilog="""\b
Examples / 例子:
  zongji callback ls                 who is still to be called back, and when
  zongji callback ls --all --json    those that are over, too, for machines
"""
)
def command() -> None:
    """Callbacks.  回拨。"""


@command.command(
    "ls",
    epilog="""\b
Examples / 例子:
  zongji callback ls --site ./shop                who is still to be called back, and when
  zongji callback ls --all --json --site ./shop   those that are over, too, for machines
""",
)
@click.option("--all", "every", is_flag=True, help="Those that are over, too.")
@site_option
@json_option
def list_them(every: bool, site_path: Path, as_json: bool) -> None:
    """Callbacks, the newest first.  回拨列表，最新的在前。"""
    with open_store(open_site(site_path)) as store:
        found = store.read(lambda tx: interactions.callbacks(tx, pending_only=not every))
    show([to_plain(one) for one in found], COLUMNS, as_json=as_json, empty="nobody waits to be called back")
