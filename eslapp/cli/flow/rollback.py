"""``zongji flow rollback``: an old revision in force again, its files back in place."""

from __future__ import annotations

import getpass
import time
from pathlib import Path

import click

from eslapp.cli.flow.publish import tell
from eslapp.cli.language import spoken_option
from eslapp.cli.output import fail
from eslapp.cli.output import tell as say
from eslapp.cli.site_option import DaemonApi, is_running, open_site, site_option
from eslapp.revisions import Revisions, UnknownRevision
from eslapp.sitedir import SiteDir


@click.command(
    epilog="""\b
Examples / 例子:
  zongji flow rollback --site ./shop             to the revision before this one
  zongji flow rollback 3 --site ./shop           to revision 3 of: zongji flow history
"""
)
@click.argument("to", default="previous")
@spoken_option
@site_option
def command(to: str, site_path: Path) -> None:
    """Publish an old revision again; the files it replaces are kept.  回退到旧修订。"""
    site_dir = open_site(site_path)
    if is_running(site_dir):
        status = DaemonApi(site_dir).post("/api/revisions", action="roll-back", to=to)
        say(f"the replaced files are kept in {status['replaced']}")
        tell(status)
    else:
        at_rest(site_dir, to)


def at_rest(site_dir: SiteDir, to: str) -> None:
    """The same for a site that does not run: it starts with these files."""
    revisions = Revisions(site_dir)
    try:
        entry = revisions.find(to)
    except UnknownRevision as error:
        fail(str(error))
    replaced = revisions.write_back(entry.revision)
    revisions.note(entry.revision, at=time.time(), by=getpass.getuser(), why=f"rolled back to {entry.number}")
    revisions.write_state(revision=entry.revision, problems=[], refuted={})
    say(f"the replaced files are kept in {replaced}")
    say(f"revision {entry.revision} is in force at the next start", style="green")
