"""The option that names a FreeSWITCH of the user's own, and its password's way past the process list.

Owns: ``--switch``, the environment variable, taking a password out of our own command line. Not here: using it.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from typing import Any

import click

from eslapp.launch import Switch

PASSWORD = "ZONGJI_SWITCH_PASSWORD"
TEXT = (
    "A running FreeSWITCH: esl://HOST:PORT. Where its password is not the site's, put it into the environment as"
    f" {PASSWORD} (esl://:PASSWORD@HOST:PORT is understood, too)."
)


def switch_option(function: Any) -> Any:
    """Shared by ``run`` and ``demo``."""
    return click.option("--switch", "switch_url", help=TEXT)(function)


def given_switch(url: str | None) -> Switch | None:
    """The switch, or None for the embedded one. Starts this process anew where its words show a password."""
    if not url:
        return None
    switch = Switch.parse(url)
    if not switch.password:
        return switch.with_password(os.environ.get(PASSWORD, ""))
    shown = without_password(sys.orig_argv, url)
    if shown != sys.orig_argv:  # everybody on this machine can read a command line, nobody but us our environment
        sys.stdout.flush()
        os.execve(sys.executable, shown, {**os.environ, PASSWORD: switch.password})
    return switch


def without_password(words: Sequence[str], url: str) -> list[str]:
    """The same command line with a URL that has none.

    >>> without_password(["zongji", "run", "--switch=esl://:geheim@10.0.0.5:8021"], "esl://:geheim@10.0.0.5:8021")
    ['zongji', 'run', '--switch=esl://10.0.0.5:8021']
    """
    harmless = "esl://" + url.rpartition("@")[2]
    return [word.replace(url, harmless) for word in words]
