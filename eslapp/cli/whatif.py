"""``zongji whatif``: a real day under other settings, through the same router."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import asdict
from pathlib import Path

import click
from rich.table import Table

from eslapp.cli.output import console, fail, json_option
from eslapp.cli.replay import log_of, span_of
from eslapp.cli.site_option import open_site, open_store, site_option
from eslapp.simulation.changes import BadChange, changed_all, staffed
from eslapp.simulation.extract import extract
from eslapp.simulation.what_if import Figures, Range, Told, as_it_was, lived_again

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
    settings, otherwise = start.settings, workload
    try:
        for wish in wishes:
            settings, otherwise = changed_all(settings, otherwise, wish)
        settings, otherwise = staffed(settings, otherwise, more)
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
    console.print(table(truth, before, told))
    for line in doubts(truth, before):
        console.print(line)
    served = {one.interaction: one.served_by for one in workload.arrivals if one.served_by}
    same = sum(before.served_by.get(name) == agent for name, agent in served.items())
    console.print(
        f"replayed unchanged, {same} of {len(served)} met the agent they met on the day"
        f" / 原样重放时，{len(served)}人中有{same}人由当天的同一坐席接待"
    )
    console.print(
        f"{len(moved)} of {len(told.served_by)} contacts would have met another agent"
        f" / 改动后，{len(told.served_by)}人中有{len(moved)}人由他人接待"
    )
    for name, (was, now) in sorted(moved.items())[:10]:
        console.print(f"- {name}: {was or 'nobody / 无人'} -> {now}")


def percent(value: float) -> str:
    return f"{value:.0%}"


def seconds(value: float) -> str:
    return f"{value:.0f} s"


def number(value: float) -> str:
    return f"{value:.0f}"


FIGURES: dict[str, tuple[str, Callable[[float], str], float]] = {  # its words, its form, and what is near enough
    "service_level": ("in time / 及时接通", percent, 0.05),
    "mean_wait_s": ("mean wait / 平均等候", seconds, 2.0),
    "p95_wait_s": ("95 % waited at most / 95%的等候不超过", seconds, 5.0),
    "served": ("served / 接待", number, 1.0),
    "left": ("left or not served / 离开或未接待", number, 1.0),
}


def table(truth: dict[str, Figures], before: Told, told: Told) -> Table:
    """Truth and both lives side by side; middle values, the range over the seeds in brackets."""
    shown = Table(box=None, header_style="bold")
    for name in (
        "queue / 队列",
        "",
        "as it was / 当天实际",
        "replayed unchanged / 原样重放",
        "with your change / 改动后",
    ):
        shown.add_column(name)
    for queue, one in told.queues.items():
        shown.add_row(queue, "came / 来访", str(truth[queue].came), str(before.queues[queue].came), str(one.came))
        for name, (words, form, _) in FIGURES.items():
            was, now = getattr(before.queues[queue], name), getattr(one, name)
            shown.add_row("", words, form(getattr(truth[queue], name)), spanned(was, form), spanned(now, form))
    return shown


def spanned(span: Range, form: Callable[[float], str]) -> str:
    low, high = (form(end).removesuffix(" s") for end in (span[0], span[2]))
    return f"{form(span[1])} [{low}..{high}]"


def doubts(truth: dict[str, Figures], before: Told) -> Iterator[str]:
    """Where the unchanged day does not come out as it was: how far off the change's figures may be, too."""
    for queue, one in truth.items():
        for name, (words, form, near) in FIGURES.items():
            low, _, high = getattr(before.queues[queue], name)
            was = getattr(one, name)
            if not low - near <= was <= high + near:
                true, again = form(was), f"{form(low)}..{form(high)}"
                yield (
                    f"[yellow]{queue}, {words}: {true} on the day, {again} replayed unchanged; trust the figures of the"
                    f" change by so much less / 当天{true}，原样重放{again}，改动后的数字须按此打折看[/yellow]"
                )
