"""``zongji flow publish``: take up the files now, or try them on a share of the calls first."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from eslapp.cli.output import console, fail
from eslapp.cli.site_option import DaemonApi, open_site, site_option


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
@site_option
def command(percent: int | None, verdict: str | None, site_path: Path) -> None:
    """Publish a running site's files now, or try them out.  立即发布站点文件，或先灰度试行。"""
    body = {"action": verdict} if verdict else {"action": "publish", "percent": percent}
    status = DaemonApi(open_site(site_path)).post("/api/revisions", **body)
    if verdict == "stop":
        console.print(f"revision {status['revision']} for everybody / 全部使用原修订", style="green")
        return
    tell(status)


def tell(status: dict[str, Any]) -> None:
    """What is in force now; exit 1 where the files were refused."""
    for problem in status["problems"]:
        console.print(problem, markup=False)
    if status["problems"]:
        fail(f"refused; revision {status['revision']} stays in force / 未发布，继续使用原修订")
    if canary := status.get("canary"):
        console.print(f"revision {canary['revision']} for {canary['percent']} % of the contacts / 灰度试行")
    console.print(f"revision {status['revision']} is in force / 已生效", style="green")
