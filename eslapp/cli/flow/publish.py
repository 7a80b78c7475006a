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
"""
)
@site_option
def command(site_path: Path) -> None:
    """Publish a running site's files now.  立即发布站点文件。"""
    tell(DaemonApi(open_site(site_path)).post("/api/revisions", action="publish"))


def tell(status: dict[str, Any]) -> None:
    """What is in force now; exit 1 where the files were refused."""
    for problem in status["problems"]:
        console.print(problem, markup=False)
    if status["problems"]:
        fail(f"refused; revision {status['revision']} stays in force / 未发布，继续使用原修订")
    console.print(f"revision {status['revision']} is in force / 已生效", style="green")
