"""``zongji why``: why an interaction went where it went."""

from __future__ import annotations

import json
from pathlib import Path

import click

from eslapp.cli.output import fail, json_option
from eslapp.cli.site_option import open_site, open_store, site_option
from eslapp.core.receipts import to_show
from eslapp.store import receipts
from ivr.loader import load_site


@click.command(
    epilog="""\b
Examples / 例子:
  zongji why 3f2a... --site ./shop           one sentence, then every decision with its losers
  zongji why 3f2a... --site ./shop --json
"""
)
@click.argument("interaction")
@site_option
@json_option
def command(interaction: str, site_path: Path, as_json: bool) -> None:
    """Why did this contact go to that agent?  为什么这样分配？"""
    site_dir = open_site(site_path)
    site, _ = load_site(site_dir.root)
    names = {extension: agent.name for extension, agent in site.agents.items()} if site else {}
    with open_store(site_dir) as store:
        reasons = store.read(lambda tx: receipts.why(tx, interaction, names=names))
    if reasons is None:
        fail(f"{interaction}: no such interaction; list them with: zongji interaction ls")
    if as_json:
        click.echo(json.dumps(to_show(reasons), ensure_ascii=False))
        return
    click.echo(reasons.en)
    click.echo(reasons.zh)
    for receipt in reasons.receipts:
        click.echo(f"- {receipt.at:.3f} {receipt.queue} ({receipt.strategy}), place {receipt.position}: ", nl=False)
        click.echo(f"winner {names.get(receipt.winner, receipt.winner) or 'nobody'}")
        for agent, score in receipt.candidates:
            click.echo(f"    candidate {names.get(agent, agent)}: {score:g}")
        for loser in receipt.losers:
            click.echo(f"    not {names.get(loser.agent, loser.agent)}: {loser.reason}")
