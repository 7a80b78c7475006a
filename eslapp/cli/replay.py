"""``zongji replay``: does the router decide a day again as it did?"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import fields
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import click

from eslapp.cli.output import console, fail, json_option
from eslapp.cli.site_option import open_site, open_store, site_option
from eslapp.core.events import Event
from eslapp.core.plain import to_plain
from eslapp.simulation.replay import Difference, replay
from eslapp.store import Store, events
from ivr.loader import load_site

SHOWN = 5


@click.command(
    epilog="""\b
Examples / 例子:
  zongji replay today --site ./shop          every decision of today must come out again
  zongji replay 2026-11-29 --site ./shop --json
"""
)
@click.argument("day")
@site_option
@json_option
def command(day: str, site_path: Path, as_json: bool) -> None:
    """Play a day's events through the router again; exit 1 where a decision differs.  重放一天的分配。"""
    site_dir = open_site(site_path)
    since, until = span_of(day, site_path)
    with open_store(site_dir) as store:
        report = replay(log_of(store), since, until)
    if as_json:
        click.echo(json.dumps(to_plain(report), ensure_ascii=False))
    else:
        console.print(
            f"{report.decisions} decisions of {day} again: {len(report.differing)} differ"
            f" / 重放{report.decisions}次分配，{len(report.differing)}次不同"
        )
        if report.skipped:
            console.print(f"{report.skipped} are from before the log knew its settings / 缺少设置")
        for one in report.differing[:SHOWN]:
            console.print(f"- event {one.sequence}: {one.written.interaction}: {told(one)}")
    raise SystemExit(1 if report.differing else 0)


def told(one: Difference) -> str:
    """What is otherwise now."""
    then, now = one.written, one.again
    if now is None:
        return f"{then.winner or 'nobody'} then, nothing is decided now / 当时{then.winner or '无人'}，现在不分配"
    if now.interaction != then.interaction:
        return f"{then.winner} then, {now.winner} for {now.interaction} now / 现在先分配{now.interaction}"
    if now.winner != then.winner:
        return f"{then.winner or 'nobody'} then, {now.winner or 'nobody'} now / 当时与现在的人选不同"
    other = ", ".join(field.name for field in fields(then) if getattr(then, field.name) != getattr(now, field.name))
    return f"the same, but other {other} / 人选相同，不同的是：{other}"


def span_of(day: str, site_path: Path) -> tuple[float, float]:
    """The instants between which a day lies, where the site is. ``day``: today, yesterday or YYYY-MM-DD."""
    site, _ = load_site(open_site(site_path).root)
    zone = ZoneInfo(site.timezone if site is not None else "UTC")
    midnight = datetime.now(zone).replace(hour=0, minute=0, second=0, microsecond=0)
    try:
        named = {"today": midnight, "yesterday": midnight - timedelta(days=1)}
        start = named.get(day) or datetime.strptime(day, "%Y-%m-%d").replace(tzinfo=zone)
        until = start + timedelta(days=1)
        return start.timestamp(), until.timestamp()
    except (ValueError, OverflowError):
        fail(
            f"{day!r} is not a day; write today, yesterday or YYYY-MM-DD"
            f" / “{day}”不是日期；请写 today、yesterday 或 YYYY-MM-DD"
        )


def log_of(store: Store) -> Iterator[tuple[int, Event]]:
    """The whole log, in order, a thousand at a time."""
    sequence = 0
    while True:
        page = store.read(lambda tx, after=sequence: events.after(tx, after))
        yield from page
        if not page:
            return
        sequence = page[-1][0]
