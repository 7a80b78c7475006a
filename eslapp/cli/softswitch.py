"""``zongji softswitch``: the embedded switch alone."""

from __future__ import annotations

import sys
from pathlib import Path

import click


@click.command(
    epilog="""\b
Examples / 例子:
  zongji softswitch --conf ./conf                            boot a rendered configuration
  zongji softswitch --conf ./conf --sip-port 0 --esl-port 0 --state ports.json
"""
)
@click.option("--conf", required=True, type=click.Path(path_type=Path), help="A configuration directory (see render).")
@click.option("--sip-port", type=click.IntRange(0, 65535), help="Instead of the profile's; 0 for any free one.")
@click.option("--esl-port", type=click.IntRange(0, 65535), help="Instead of event_socket.conf's; 0 for any free one.")
@click.option("--state", type=click.Path(dir_okay=False, path_type=Path), help="Write what was chosen to this file.")
@click.option("--allow-remote", is_flag=True, help="Listen beyond loopback where the configuration says so.")
def command(conf: Path, sip_port: int | None, esl_port: int | None, state: Path | None, allow_remote: bool) -> None:
    """Run the embedded soft switch: SIP, RTP and FreeSWITCH's event socket.  内置软交换。"""
    from eslapp.softswitch.__main__ import main as run

    words = ["--conf", str(conf)]
    for option, value in (("--sip-port", sip_port), ("--esl-port", esl_port), ("--state", state)):
        if value is not None:
            words += [option, str(value)]
    sys.exit(run([*words, "--allow-remote"] if allow_remote else words))
