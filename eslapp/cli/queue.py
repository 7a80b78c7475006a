"""``zongji queue``: the waiting lines of a running site."""

from __future__ import annotations

import json
import time
from pathlib import Path

import click
from rich.live import Live
from rich.table import Table

from eslapp.cli.language import spoken_option
from eslapp.cli.output import cell, console, fail, json_option, show, tell
from eslapp.cli.site_option import DaemonApi, open_site, open_store, site_option
from eslapp.core.plain import to_plain
from eslapp.core.settings import queues_of
from eslapp.core.skills import steps
from eslapp.core.waiting import overtaking_s
from eslapp.store import announced_places, announced_waits
from ivr.loader import load_site
from ivr.problems import did_you_mean

COLUMNS = ("name", "waiting", "oldest_at", "ready", "talking")
LOOK_EVERY_S = 1.0


@click.group(
    epilog="""\b
Examples / 例子:
  zongji queue ls --json       who waits where, for machines
  zongji queue show orders     its rules, and how honest its announced waits were
  zongji queue watch           the same, live, until Ctrl-C
"""
)
def command() -> None:
    """Waiting lines.  队列。"""


@command.command(
    "ls",
    epilog="""\b
Examples / 例子:
  zongji queue ls --site ./shop          who waits where, and how many agents are ready
  zongji queue ls --site ./shop --json   the same for machines
""",
)
@site_option
@json_option
def list_them(site_path: Path, as_json: bool) -> None:
    """All queues now.  全部队列的现状。"""
    rows = DaemonApi(open_site(site_path)).get("/api/queues")["queues"]
    show(rows, COLUMNS, as_json=as_json, empty="the site has no queues")


@command.command(
    "show",
    epilog="""\b
Examples / 例子:
  zongji queue show orders --site ./shop
  zongji queue show orders --site ./shop --json
""",
)
@click.argument("name")
@spoken_option
@site_option
@json_option
def show_one(name: str, site_path: Path, as_json: bool) -> None:
    """One queue: what is asked for and when it relaxes, who is served first, how honest its announced waits were.

    一个队列的规则。
    """
    site_dir = open_site(site_path)
    site, problems = load_site(site_dir.root)
    if site is None:
        fail(f"site.yaml has mistakes: {problems[0]}")
    queue = queues_of(site).get(name)
    if queue is None:
        fail(f"the site has no queue {name!r}; {did_you_mean(name, site.queues)}")
    with open_store(site_dir) as store:
        ledger = store.read(lambda tx: announced_waits.honesty(tx, name))
        places = store.read(lambda tx: announced_places.honesty(tx, name))
    if as_json:
        told = {
            "name": name,
            "strategy": queue.strategy,
            "asked_for": [{"after_s": step.after_s, "skills": step.skills} for step in steps(queue)],
            "language": queue.language,
            "limit": queue.limit,
            "longest_wait_s": queue.longest_wait_s,
            "overflow": queue.overflow,
            "head_start": to_plain(queue.head_start),
            "overtaken_by_s": overtaking_s(queue),
            "announced_waits": to_plain(ledger),
            "announced_places": to_plain(places),
        }
        click.echo(json.dumps(told, ensure_ascii=False))
        return
    console.print(f"{name}: {queue.strategy}")
    for step in steps(queue):
        skills = ", ".join(f"{skill} {level}" for skill, level in step.skills.items()) or "-"
        tell(f"from {step.after_s:g} s in line: {skills}")
    limits = [f"{queue.limit} wait at most"] if queue.limit is not None else []
    limits += [f"for {queue.longest_wait_s:g} s at most"] if queue.longest_wait_s is not None else []
    for limit in limits:
        tell(limit)
    for reason, where in queue.overflow.items():
        tell(f"where who cannot wait goes ({reason.replace(':', ', ')}): {where}")
    bound_s = overtaking_s(queue)
    tell(f"nobody is overtaken by one who comes more than {bound_s:.0f} s later")
    scored = f"{ledger.within / ledger.scored:.0%} of {ledger.scored}" if ledger.scored else "-"
    bias = f", mean error {ledger.bias_s:+.0f} s" if ledger.bias_s is not None else ""
    tell(f"announced waits that ended in their range: {scored}{bias}")
    kept = f"{places.kept / places.scored:.0%} of {places.scored}" if places.scored else "-"
    tell(f"announced places nobody was served before out of turn: {kept}")


@command.command(
    "watch",
    epilog="""\b
Examples / 例子:
  zongji queue watch --site ./shop                until Ctrl-C
  zongji queue watch --site ./shop --seconds 60   for a minute
""",
)
@site_option
@click.option("--seconds", type=float, help="Stop after so long (otherwise Ctrl-C).")
def watch(site_path: Path, seconds: float | None) -> None:
    """All queues, live.  实时查看队列。"""
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
