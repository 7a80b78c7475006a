"""The ``zongji`` command. ONE FILE = ONE COMMAND (or one noun): each module offers ``command``, a click command.

Owns: collecting the commands. Not here: any decision; a command asks the store, the API or the services.
"""

from __future__ import annotations

import importlib
import pkgutil
import sys
from typing import Any

import click

from eslapp import __version__
from eslapp.cli.language import named, of_terminal

PLUMBING = {"addresses", "language", "output"}  # and every module whose name has more than one word


class ByFile(click.Group):
    """A group whose commands are the sibling modules; a module is imported only when its command runs."""

    def list_commands(self, _context: click.Context) -> list[str]:
        """The module names, sorted: a verb is one word."""
        names = {module.name for module in pkgutil.iter_modules(__path__) if "_" not in module.name}
        return sorted(names - PLUMBING)

    def get_command(self, context: click.Context, name: str) -> click.Command | None:
        """Import ``eslapp.cli.<name>`` and take its ``command``."""
        if name not in self.list_commands(context):
            return None
        return importlib.import_module(f"{__name__}.{name}").command

    def main(self, *args: Any, standalone_mode: bool = True, **extra: Any) -> Any:
        """As click's, with its own words in the language that ``--lang`` names, else the terminal's."""
        given = args[0] if args else extra.get("args")
        language = named(sys.argv[1:] if given is None else given) or of_terminal()
        if not standalone_mode or language == "en":
            return super().main(*args, standalone_mode=standalone_mode, **extra)
        try:
            code = super().main(*args, standalone_mode=False, **extra)
        except click.ClickException as error:
            from eslapp.cli.usage_chinese import usage_in_chinese

            click.echo(usage_in_chinese(error), err=True)
            code = error.exit_code
        except click.Abort:
            click.echo("已取消！", err=True)
            code = 1
        sys.exit(code if isinstance(code, int) else 0)


@click.group(cls=ByFile, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="zongji")
def main() -> None:
    """Zongji 总机: the open contact centre on FreeSWITCH.

    \b
    Examples / 例子:
      zongji demo                              show the main job with robots and stay up
      zongji demo --once --json out.json       the same, then stop
      zongji run --site ./shop                 run a site of yours
      zongji check ./shop                      find mistakes in its YAML, with line and mend
      zongji call 1000 --site ./shop --press 2,0     dial in and press keys
      zongji queue watch --site ./shop         watch the waiting line
      zongji why 3f2a... --site ./shop         why did this contact go to that agent?
    """
