"""``zongji interaction``: what came in, and one story in full."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click

from eslapp.cli.one_interaction import id_of
from eslapp.cli.output import console, fail, json_option, local_time, show
from eslapp.cli.site_option import open_site, open_store, site_option
from eslapp.core.model import InteractionState
from eslapp.core.plain import to_plain
from eslapp.store import interactions
from ivr.loader import load_site
from webhooks import story

COLUMNS = ("id", "medium", "state", "queue", "agent", "opened_at", "outcome")


@click.group(
    epilog="""\b
Examples / 例子:
  zongji interaction ls --state queued      who waits now
  zongji interaction show 3f2a... --json    one of them with events, messages, recording and transcript
"""
)
def command() -> None:
    """Calls and conversations.  呼叫与会话。"""


@command.command(
    "ls",
    epilog="""\b
Examples / 例子:
  zongji interaction ls --site ./shop --state queued       who waits now
  zongji interaction ls --site ./shop --limit 100 --json
""",
)
@site_option
@click.option("--state", type=click.Choice([state.value for state in InteractionState]), help="Only those.")
@click.option("--limit", default=20, show_default=True, type=click.IntRange(1, 1000))
@json_option
def list_them(site_path: Path, state: str | None, limit: int, as_json: bool) -> None:
    """The newest first.  最新的在前。"""
    wanted = InteractionState(state) if state else None
    with open_store(open_site(site_path)) as store:
        found = store.read(lambda tx: interactions.listing(tx, state=wanted, limit=limit))
    show([to_plain(one) for one in found], COLUMNS, as_json=as_json, empty="none yet / 暂无")


@command.command(
    "show",
    epilog="""\b
Examples / 例子:
  zongji interaction show 3f2a... --site ./shop          events, messages, recording, transcript; the first letters do
  zongji interaction show 3f2a... --site ./shop --json
""",
)
@click.argument("interaction")
@site_option
@json_option
def show_one(interaction: str, site_path: Path, as_json: bool) -> None:
    """One interaction's whole story.  一次交互的全过程。"""
    site_dir = open_site(site_path)
    site, _ = load_site(site_dir.root)
    if site is None:
        fail(f"the files of {site_dir.root} have mistakes; see: zongji check {site_dir.root}")

    with open_store(site_dir) as store:
        name = id_of(store, interaction)

        def tell(tx: Any) -> dict[str, Any]:
            found = interactions.get(tx, name)
            assert found is not None  # it was there a moment ago, and no row is ever deleted
            return story.tell(tx, found, site)

        told = store.read(tell)
    if as_json:
        click.echo(json.dumps(told, ensure_ascii=False))
    else:
        print_story(told)


def print_story(told: dict[str, Any]) -> None:
    """The story for people."""
    one = told["interaction"]
    console.print(f"[bold]{one['id']}[/bold] {one['medium']} {one['subject']} {one['state']} {one['queue']}")
    console.print(f"path: {' > '.join(told['path'])}", markup=False)
    begun = told["events"][0]["at"] if told["events"] else 0.0
    for event in told["events"]:
        console.print(f"  {local_time(event['at'])}  {event['at'] - begun:8.3f} s  {event['type']}", markup=False)
    for proof in told["verified"]:
        console.print(f"verified by {proof['verified_by']} {proof['member']}", markup=False)
    for ticket in told["tickets"]:
        console.print(f"ticket {ticket['number']} {ticket['state']}: {ticket['subject']}", markup=False)
    for answer in told["surveys"]:
        low = " low" if answer["is_low"] else ""
        console.print(f"survey {answer['survey']}: {answer['score']} of {answer['best']}{low}", markup=False)
    for message in told["messages"]:
        console.print(f"  {message['author']}: {message['text']}", markup=False)
    for transcript in told["transcripts"]:
        console.print(f"transcript by {transcript['engine'] or '-'} {transcript['error']}", markup=False)
        for turn in transcript["turns"]:
            console.print(f"  {turn['start_s']:6.1f} s {turn['side']}: {turn['text']}", markup=False)
