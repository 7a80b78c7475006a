"""``zongji survey``: what contacts said of the service."""

from __future__ import annotations

from pathlib import Path

import click

from eslapp.cli.output import json_option, show
from eslapp.cli.site_option import open_site, open_store, site_option
from eslapp.core.plain import to_plain
from eslapp.store import surveys

COLUMNS = ("at", "survey", "score", "best", "is_low", "queue", "agent", "interaction")


@click.group(
    epilog="""\b
Examples / 例子:
  zongji survey ls --low       the answers somebody should look at
  zongji survey ls --json      all of them, for machines
"""
)
def command() -> None:
    """Answers to surveys.  满意度评价。"""


@command.command(
    "ls",
    epilog="""\b
Examples / 例子:
  zongji survey ls --site ./shop --low                               the answers somebody should look at
  zongji survey ls --site ./shop --survey visit --limit 500 --json
""",
)
@site_option
@click.option("--survey", default="", help="Only this one of site.yaml.")
@click.option("--low", is_flag=True, help="Only low scores.")
@click.option("--limit", default=50, show_default=True, type=click.IntRange(1, 10_000))
@json_option
def list_them(site_path: Path, survey: str, low: bool, limit: int, as_json: bool) -> None:
    """The newest first.  最新的在前。"""
    with open_store(open_site(site_path)) as store:
        found = store.read(lambda tx: surveys.listing(tx, survey=survey, only_low=low, limit=limit))
    show([to_plain(one) for one in found], COLUMNS, as_json=as_json, empty="nobody was asked yet / 还没有评价")
