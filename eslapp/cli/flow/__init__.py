"""``zongji flow``: try, draw and test flows without a phone. ONE FILE = ONE COMMAND, as in ``eslapp.cli``.

Owns: collecting the commands, and finding the site around a flow file. Not here: any decision about flows (``ivr``).
"""

from __future__ import annotations

import importlib
import pkgutil
from pathlib import Path
from typing import NoReturn

import click

from eslapp.cli.language import of_terminal
from eslapp.cli.output import fail
from ivr.checks import run as run_checks
from ivr.chinese import problem_in
from ivr.loader import load_draft
from ivr.problems import Problem
from ivr.site import Site
from ivr.site_files import FLOWS

SITE_FILE = "site.yaml"


class ByFile(click.Group):
    """A group whose commands are the sibling modules."""

    def list_commands(self, _context: click.Context) -> list[str]:
        """The module names, sorted."""
        return sorted(module.name for module in pkgutil.iter_modules(__path__))

    def get_command(self, _context: click.Context, name: str) -> click.Command | None:
        """Import ``eslapp.cli.flow.<name>`` and take its ``command``."""
        if name not in self.list_commands(_context):
            return None
        return getattr(importlib.import_module(f"{__name__}.{name}"), "command", None)


@click.group(cls=ByFile)
def command() -> None:
    """Try, draw and test call flows without a phone.  不用电话就能试跑、画图、测试流程。

    \b
    Examples / 例子:
      zongji flow simulate shop/flows/main.yaml                       talk to it here
      zongji flow simulate shop/flows/main.yaml --press 1,2           print the path these keys take
      zongji flow graph shop/flows/main.yaml --out main.svg           draw it
      zongji flow sipp shop/flows/main.yaml --out scenarios           one SIPp scenario per path
      zongji flow history --site shop                                 which revisions were in force, when, by whom
      zongji flow diff --site shop                                    what differs from what is in force
      zongji flow rollback --site shop                                the one before, back in force
      zongji flow schema --site shop                                  an editor completes words and shows mistakes
    """


flow_file = click.argument("file", type=click.Path(exists=True, path_type=Path))


def open_flow(file: Path) -> tuple[Site, str]:
    """The site around a flow file (or a site's folder, whose first number's flow is taken), and the flow's name."""
    site, flow, problems = open_draft(file)
    if problems:
        _refuse(site.directory, problems)
    return site, flow


def open_draft(file: Path) -> tuple[Site, str, list[Problem]]:
    """The same of files with mistakes, which are told: only to look at."""
    folder = file if file.is_dir() else file.resolve().parent.parent
    if file.is_file() and (file.resolve().parent / SITE_FILE).is_file():
        flows = ", ".join(
            f"{FLOWS}/{one.name}"
            for one in sorted((file.parent / FLOWS).glob("*.yaml"))
            if not one.name.endswith(".tests.yaml")
        )
        fail(f"{file} is no flow: name one of its flows ({flows}), or the site's folder")
    site, problems = load_draft(folder)
    if site is None:
        _refuse(str(folder), problems)
    name = next(iter([*site.numbers.values(), *site.flows]), "") if file.is_dir() else file.stem
    if name not in site.flows and problems:
        _refuse(str(folder), problems)
    if name not in site.flows:
        fail(f"{file}: no flow of the site {folder}; its flows are {', '.join(site.flows) or 'none'}")
    return site, name, problems


def _refuse(folder: str, problems: list[Problem]) -> NoReturn:
    for problem in problems:
        click.echo(str(problem_in(problem, of_terminal())), err=True)
    fail(f"{folder} has problems ({len(problems)}); correct these first")


def problems_of(site: Site, flow: str, found: list[Problem]) -> list[Problem]:
    """What ``zongji check`` finds in this flow's file; ``found``: by reading it."""
    return [problem for problem in run_checks(site, found=found) if problem.file == site.flows[flow].file]
