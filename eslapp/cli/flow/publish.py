"""``zongji flow publish``: take up the files now, or try them on a share of the calls first."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from eslapp.cli.language import of_terminal, spoken_option
from eslapp.cli.output import console, fail
from eslapp.cli.output import tell as say
from eslapp.cli.site_option import DaemonApi, open_site, site_option
from ivr.chinese import half


@click.command(
    epilog="""\b
Examples / 例子:
  zongji flow publish --site ./shop               at once; saving does the same by itself
  zongji flow publish --site ./shop --promote     what is tried out (canary in site.yaml) is good for all
  zongji flow publish --site ./shop --stop        or for nobody
"""
)
@click.option("--canary", "percent", type=click.IntRange(1, 50), help="Try it on so many percent of the contacts.")
@click.option("--promote", "verdict", flag_value="promote", help="What is tried out is good for all.")
@click.option("--stop", "verdict", flag_value="stop", help="Try it out no more.")
@spoken_option
@site_option
def command(percent: int | None, verdict: str | None, site_path: Path) -> None:
    """Publish a running site's files now, or try them out.  立即发布站点文件，或先灰度试行。"""
    body = {"action": verdict} if verdict else {"action": "publish", "percent": percent}
    status = DaemonApi(open_site(site_path)).post("/api/revisions", **body)
    if verdict == "stop":
        say(f"revision {status['revision']} for everybody", style="green")
        return
    tell(status)


def tell(status: dict[str, Any]) -> None:
    """What is in force now; exit 1 where the files were refused."""
    for problem in status["problems"]:
        console.print(half(problem, of_terminal()), markup=False)
    if status["problems"]:
        fail(f"refused; revision {status['revision']} stays in force")
    if canary := status.get("canary"):
        say(f"revision {canary['revision']} for {canary['percent']} % of the contacts")
    say(f"revision {status['revision']} is in force", style="green")
