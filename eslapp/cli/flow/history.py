"""``zongji flow history``: the revisions of a site, when, by whom, and what changed."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from pathlib import Path

import click

from eslapp.cli.language import of_terminal, spoken_option
from eslapp.cli.output import console, in_terminal, json_option, show, tell
from eslapp.cli.site_option import open_site, site_option
from eslapp.revisions import Revisions
from ivr.chinese import half

COLUMNS = ("number", "when", "by", "why", "changed", "revision", "in_force")


@click.command(
    epilog="""\b
Examples / 例子:
  zongji flow history --site ./shop              the newest last; 'yes' is in force
  zongji flow history --site ./shop --json       the same for machines
"""
)
@spoken_option
@site_option
@json_option
def command(site_path: Path, as_json: bool) -> None:
    """The revisions of a site: when, who, what changed.  站点的历次修订。"""
    revisions = Revisions(open_site(site_path))
    past, state = revisions.history(), revisions.state()
    rows = []
    for entry in past:
        moment = datetime.fromtimestamp(entry.at).astimezone()
        when = moment.isoformat(timespec="seconds") if as_json else f"{moment:%m-%d %H:%M:%S}"
        is_newest = entry is past[-1] and entry.revision == state.get("revision")
        row = {**asdict(entry), "when": when, "in_force": "yes" if is_newest else ""}
        rows.append(row if as_json else {**row, "changed": ", ".join(entry.changed)})
    show(rows, COLUMNS, as_json=as_json, empty="nothing has been published yet; zongji run does")
    if not as_json:
        if canary := state.get("canary"):
            tell(f"tried out on {canary['percent']} %: {canary['revision']}; {canary['figures']}")
        for problem in state.get("problems", ()):
            told = in_terminal("the files as they are were refused: {}").format(half(problem, of_terminal()))
            console.print(told, style="yellow", markup=False)
