"""``zongji flow schema``: have an editor know the language."""

from __future__ import annotations

from pathlib import Path

import click

from eslapp.cli.language import spoken_option
from eslapp.cli.output import fail, tell
from eslapp.cli.site_option import open_site, site_option
from eslapp.revisions import write_file
from ivr import json_schema
from ivr.site_files import ARTICLES


@click.command(
    epilog="""\b
Examples / 例子:
  zongji flow schema --site ./shop       for VS Code with "YAML" by Red Hat, and every editor with yaml-language-server
"""
)
@spoken_option
@site_option
def command(site_path: Path) -> None:
    """Write the JSON Schemas into SITE/schema, and their names into the files.  让编辑器认识流程语言。

    The editor then completes words, shows what they mean and underlines mistakes. The first line of each YAML file
    says where its schema is; nothing else is changed.
    """
    root = open_site(site_path).root
    try:
        (root / json_schema.FOLDER).mkdir(exist_ok=True)
        json_schema.write(str(root / json_schema.FOLDER))
        folders = (root / "flows", root / ARTICLES)
        files = [root / "site.yaml", *(file for folder in folders for file in sorted(folder.glob("*.yaml")))]
        told = [file for file in files if file.is_file() and _tell(file, root)]
    except OSError as error:
        fail(f"{error.filename}: {error.strerror}; is the folder yours?")
    for file in told:
        tell(f"{file.relative_to(root)} names its schema now")
    tell(f"{root / json_schema.FOLDER}: {len(json_schema.schema_json())} schemas written", style="green")


def _tell(file: Path, root: Path) -> bool:
    """Put the right line first; whether it was not there."""
    content = file.read_bytes()
    line = json_schema.modeline(file, root).encode()
    if content.startswith(line):
        return False
    if content.startswith(json_schema.MODELINE.encode()):
        content = content.partition(b"\n")[2]
    write_file(file, line + content)
    return True
