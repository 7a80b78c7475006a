"""``zongji inbox``: what channels delivered and could not be worked on, and one more try."""

from __future__ import annotations

import time
from datetime import datetime
from pathlib import Path

import click

from eslapp.cli.language import of_terminal
from eslapp.cli.output import console, fail, json_option, show
from eslapp.cli.site_option import DaemonApi, open_site, open_store, site_option
from eslapp.core.plain import to_plain
from eslapp.store import inbox, unplaced
from eslapp.store.unplaced import Unplaced

COLUMNS = ("number", "channel_account", "address", "received", "tries", "error")


@click.group(
    epilog="""\b
Examples / 例子:
  zongji inbox ls             what was kept and could not be worked on, with the reason
  zongji inbox retry 17       once more, now that the reason is mended
  zongji inbox retry --all
"""
)
def command() -> None:
    """Events of channels that are parked, or for no account of the site.  收件箱。"""


@command.command(
    "ls",
    epilog="""\b
Examples / 例子:
  zongji inbox ls --site ./shop                      what was kept and could not be worked on, with the reason
  zongji inbox ls --site ./shop --limit 100 --json
""",
)
@site_option
@click.option("--limit", default=20, show_default=True, type=click.IntRange(1, 1000))
@json_option
def list_them(site_path: Path, limit: int, as_json: bool) -> None:
    """The newest first; then whose events came though the site has no such account.

    最新的在前；随后是站点没有的账号。
    """
    with open_store(open_site(site_path)) as store:
        found = store.read(lambda tx: inbox.parked(tx, limit=limit))
        lost = store.read(lambda tx: unplaced.lately(tx, now=time.time(), limit=limit))
    rows = [{**to_plain(one), "received": _hour(one.received_at)} for one in found]
    rows += [
        {"number": None, **to_plain(one), "received": _hour(one.last_at), "tries": one.events, "error": _why(one)}
        for one in lost
    ]
    show(rows, COLUMNS, as_json=as_json, empty="nothing is parked / 没有搁置的事件")


def _hour(at: float) -> str:
    return datetime.fromtimestamp(at).isoformat(" ", "seconds")


def _why(one: Unplaced) -> str:
    """In the terminal's language."""
    if of_terminal() == "zh":
        return f"发给 {one.whose}，站点没有这个账号；已收 {one.events} 个，保存但不处理"
    return f"for {one.whose}, an account that the site does not have; {one.events} came, kept and answered by nobody"


@command.command(
    "retry",
    epilog="""\b
Examples / 例子:
  zongji inbox retry 17 --site ./shop      once more, now that the reason is mended
  zongji inbox retry --all --site ./shop
""",
)
@click.argument("number", required=False, type=click.IntRange(1, 2**62 - 1))
@click.option("--all", "every", is_flag=True, help="All that are parked.")
@site_option
def retry(number: int | None, every: bool, site_path: Path) -> None:
    """Work on a parked event again, with all its tries. The site must be running.  重新处理搁置的事件。"""
    if (number is None) != every:
        fail("name one event by its number (zongji inbox ls), or say --all")
    asked = {} if number is None else {"number": number}
    retried = DaemonApi(open_site(site_path)).post("/api/inbox/retry", **asked)["retried"]
    console.print(f"{retried} are worked on again; what fails once more is in: zongji inbox ls")
