"""``zongji ticket``: what goes on after the contact is gone."""

from __future__ import annotations

import json
from pathlib import Path

import click

from eslapp.cli.output import console, fail, json_option, show
from eslapp.cli.site_option import open_site, open_store, site_option
from eslapp.core.plain import to_plain
from eslapp.store import tickets

COLUMNS = ("number", "state", "level", "kind", "subject", "assignee", "opened_at", "due_at")


@click.group(
    epilog="""\b
Examples / 例子:
  zongji ticket ls --state unsolved     what is still to be done
  zongji ticket show 10023 --json       one of them, with what was collected and said
"""
)
def command() -> None:
    """Tickets.  工单。"""


@command.command(
    "ls",
    epilog="""\b
Examples / 例子:
  zongji ticket ls --site ./shop --state unsolved               what is still to be done
  zongji ticket ls --site ./shop --interaction 3f2a... --json
""",
)
@site_option
@click.option("--state", type=click.Choice(["unsolved", *tickets.STATES]), default=None, help="Only those.")
@click.option("--interaction", default="", help="Only those of this interaction.")
@click.option("--limit", default=20, show_default=True, type=click.IntRange(1, 1000))
@json_option
def list_them(site_path: Path, state: str | None, interaction: str, limit: int, as_json: bool) -> None:
    """The newest first.  最新的在前。"""
    with open_store(open_site(site_path)) as store:
        found = store.read(lambda tx: tickets.listing(tx, state=state or "", interaction=interaction, limit=limit))
    show([to_plain(one) for one in found], COLUMNS, as_json=as_json, empty="no tickets / 没有工单")


@command.command(
    "show",
    epilog="""\b
Examples / 例子:
  zongji ticket show 10023 --site ./shop
  zongji ticket show 10023 --site ./shop --json
""",
)
@click.argument("number", type=click.IntRange(1, 10**12))
@site_option
@json_option
def show_one(number: int, site_path: Path, as_json: bool) -> None:
    """One ticket with its comments.  一张工单及其备注。"""
    with open_store(open_site(site_path)) as store:
        ticket = store.read(lambda tx: tickets.get(tx, number))
        comments = store.read(lambda tx: tickets.comments(tx, number))
    if ticket is None:
        fail(f"{number}: no such ticket; list them with: zongji ticket ls")
    if as_json:
        click.echo(json.dumps({**to_plain(ticket), "comments": to_plain(comments)}, ensure_ascii=False))
        return
    console.print(f"[bold]{ticket.number}[/bold]", ticket.state, ticket.level, ticket.kind, ticket.assignee or "-")
    console.print(ticket.subject, markup=False)
    console.print(ticket.text, markup=False)
    for name, value in ticket.collected.items():
        console.print(f"  {name}: {value}", markup=False)
    for comment in comments:
        console.print(f"  {comment.author}: {comment.text}", markup=False)
    console.print(f"interaction: {ticket.interaction}", markup=False)
