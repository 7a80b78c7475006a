"""``zongji flow diff``: what differs between two revisions, or between one and the files as they are."""

from __future__ import annotations

from pathlib import Path

import click

from eslapp.cli.language import spoken_option
from eslapp.cli.output import fail
from eslapp.cli.site_option import open_site, site_option
from eslapp.revisions import Revisions, UnknownRevision


@click.command(
    epilog="""\b
Examples / 例子:
  zongji flow diff --site ./shop             from the newest revision to the files as they are
  zongji flow diff 3 --site ./shop           from revision 3 to the files as they are
  zongji flow diff 3 4 --site ./shop         from revision 3 to revision 4
"""
)
@click.argument("old", required=False)
@click.argument("new", required=False)
@spoken_option
@site_option
def command(old: str | None, new: str | None, site_path: Path) -> None:
    """What differs between revisions; exit 1 where something does.  比较修订。"""
    site_dir = open_site(site_path)
    revisions = Revisions(site_dir)
    past = revisions.history()
    if not past:
        fail("nothing has been published yet; zongji run does")
    try:
        before = revisions.path(revisions.find(old or str(past[-1].number)).revision)
        after = revisions.path(revisions.find(new).revision) if new else site_dir.root
    except UnknownRevision as error:
        fail(str(error))
    text = revisions.diff(before, after)
    click.echo(text, nl=False)
    raise SystemExit(1 if text else 0)
