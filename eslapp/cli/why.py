"""``zongji why``: why an interaction went where it went."""

from __future__ import annotations

import json
from pathlib import Path

import click

from eslapp.cli.language import of_terminal, spoken_option
from eslapp.cli.one_interaction import id_of
from eslapp.cli.output import json_option, local_time, tell
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
@spoken_option
@site_option
@json_option
def command(interaction: str, site_path: Path, as_json: bool) -> None:
    """Why did this contact go to that agent?  为什么这样分配？"""
    site_dir = open_site(site_path)
    site, _ = load_site(site_dir.root)
    names = {extension: agent.name for extension, agent in site.agents.items()} if site else {}
    with open_store(site_dir) as store:
        name = id_of(store, interaction)
        reasons = store.read(lambda tx: receipts.why(tx, name, names=names))
    assert reasons is not None  # it was there a moment ago, and no row is ever deleted
    shown = to_show(reasons)
    if as_json:
        click.echo(json.dumps(shown, ensure_ascii=False))
        return
    click.echo(reasons.zh if of_terminal() == "zh" else reasons.en)
    for receipt, told in zip(reasons.receipts, shown["receipts"], strict=True):
        won = names.get(receipt.winner, receipt.winner) or "nobody"
        tell(f"{local_time(receipt.at)} {receipt.queue} ({receipt.strategy}), place {receipt.position}: winner {won}")
        tell(f"rules {receipt.revision}")
        for agent, score in receipt.candidates:
            tell(f"candidate {names.get(agent, agent)}: {round(score, 1):g}")
        for loser in told["losers"]:
            tell(f"not {names.get(loser['agent'], loser['agent'])}: {loser[of_terminal()]}")
