"""``zongji whatif``: a real day under other settings, through the same router."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

import click
from rich.table import Table

from eslapp.cli.output import console, fail, json_option
from eslapp.cli.replay import log_of, span_of
from eslapp.cli.site_option import open_site, open_store, site_option
from eslapp.simulation.changes import BadChange, changed, staffed
from eslapp.simulation.extract import extract
from eslapp.simulation.what_if import Range, Told, as_it_was, lived_again

MOST_SEEDS = 50


@click.command(
    epilog="""\b
Examples / 例子:
  zongji whatif today --set queue.orders.strategy=most_skilled --site ./shop
  zongji whatif 2026-11-29 --agents +2 --seeds 10 --site ./shop --json
"""
)
@click.argument("day")
@click.option("--set", "wishes", multiple=True, metavar="NAME=VALUE", help="May be repeated.")
@click.option("--agents", "more", type=int, default=0, help="So many more (+2) or fewer (-1), like those there are.")
@click.option("--seeds", type=click.IntRange(1, MOST_SEEDS), default=5, show_default=True, help="Lives of the day.")
@site_option
@json_option
def command(day: str, wishes: tuple[str, ...], more: int, seeds: int, site_path: Path, as_json: bool) -> None:
    """Service level, waits and who would have served whom, with ranges over the seeds.  假如换一种设置。"""
    since, until = span_of(day, site_path)
    with open_store(open_site(site_path)) as store:
        start, workload = extract(log_of(store), since, until)
    if start is None or not workload.arrivals:
        fail(
            f"nobody came on {day}, or the log does not know its settings; try a later day"
            f" / {day} 无人来访，或日志缺少当时的设置；请换一天"
        )
    settings = start.settings
    try:
        for wish in wishes:
            settings = changed(settings, wish)
        settings, otherwise = staffed(settings, workload, more)
    except BadChange as error:
        fail(str(error))
    before = lived_again(start, workload, start.settings, range(seeds))
    told = lived_again(start, otherwise, settings, range(seeds))
    moved = {name: [before.served_by.get(name, ""), agent] for name, agent in told.served_by.items()}
    moved = {name: pair for name, pair in moved.items() if pair[0] != pair[1]}
    truth = as_it_was(workload, start.settings)
    if as_json:
        lives = {"unchanged": before, "changed": told}
        shape = {name: {queue: asdict(one) for queue, one in life.queues.items()} for name, life in lives.items()}
        shape["truth"] = {queue: asdict(one) for queue, one in truth.items()}
        click.echo(json.dumps({**shape, "served_by": told.served_by, "moved": moved, "seeds": seeds}))
        return
    console.print(table(before, told))
    for queue, one in truth.items():
        console.print(f"{queue}: in truth {one.service_level:.0%} in time, {one.mean_wait_s:.0f} s / 实际")
    console.print(f"{len(moved)} of {len(told.served_by)} contacts would have met another agent / 由他人接待")
    for name, (was, now) in sorted(moved.items())[:10]:
        console.print(f"- {name}: {was or 'nobody'} -> {now}")


def table(before: Told, told: Told) -> Table:
    """Both lives side by side; middle values, the range over the seeds in brackets."""
    shown = Table(box=None, header_style="bold")
    for name in ("queue", "came", "in time", "would be", "mean wait", "would be ", "left", "would be  "):
        shown.add_column(name)
    for queue, one in told.queues.items():
        was = before.queues[queue]
        shown.add_row(
            queue,
            str(one.came),
            percent(was.service_level),
            percent(one.service_level),
            seconds(was.mean_wait_s),
            seconds(one.mean_wait_s),
            number(was.left),
            number(one.left),
        )
    return shown


def percent(span: Range) -> str:
    return f"{span[1]:.0%} [{span[0]:.0%}..{span[2]:.0%}]"


def seconds(span: Range) -> str:
    return f"{span[1]:.0f} s [{span[0]:.0f}..{span[2]:.0f}]"


def number(span: Range) -> str:
    return f"{span[1]:.0f} [{span[0]:.0f}..{span[2]:.0f}]"
