"""``zongji run``: start a site and keep it running."""

from __future__ import annotations

import signal
from pathlib import Path
from typing import Any

import click
from rich.markup import escape

from eslapp.cli.output import console, fail
from eslapp.cli.site_option import open_site
from eslapp.cli.switch_option import given_switch, switch_option
from eslapp.launch import Launched, Wishes, launch
from eslapp.supervisor import StartFailed

PORT = click.IntRange(0, 65535)


def port_options(function: Any) -> Any:
    """The options that say where to listen; shared by ``run`` and ``demo``."""
    for option in (
        click.option("--sip-port", type=PORT, help="SIP over UDP; 0 for any free port.  [usually 5060]"),
        click.option("--esl-port", type=PORT, help="The switch's event socket.  [usually 8021]"),
        click.option("--http-port", type=PORT, help="Workbench, chat page and webhooks.  [usually 8080]"),
        click.option("--outbound-port", type=PORT, help="Where the switch hands calls over.  [usually 8040]"),
    ):
        function = option(function)
    return function


@click.command(
    epilog="""\b
Examples / 例子:
  zongji run --site ./shop                                   with the embedded soft switch
  zongji run --site ./shop --http-port 0 --sip-port 0        on any free ports (printed, and in var/state.json)
  zongji run --site ./shop --switch esl://127.0.0.1:8021   with your FreeSWITCH (rendered for the site)
"""
)
@click.option(
    "--site", "site_path", required=True, type=click.Path(file_okay=False, path_type=Path), help="The site's folder."
)
@switch_option
@click.option(
    "--bind",
    default="127.0.0.1",
    show_default=True,
    help="The address SIP and RTP listen on. Other than loopback: whoever reaches it can call the site's numbers.",
)
@click.option("--public-url", default="", help="How browsers reach it through your proxy: https://desk.example.com")
@click.option(
    "--test-calls",
    is_flag=True,
    help="Obey the test calls of 'zongji flow sipp'. Never for real callers: any caller could then choose the hour.",
)
@click.option(
    "--realtime/--no-realtime",
    default=True,
    help="Whether the daemon takes the switch's real-time priority (SCHED_RR 1) where it may; by itself it does.",
)
@port_options
def command(
    site_path: Path, switch_url: str | None, bind: str, public_url: str, test_calls: bool, realtime: bool, **ports: Any
) -> None:
    """Run a site: switch, daemon and transcriber, watched and restarted.  运行一个站点。"""
    site = open_site(site_path)
    end_in_order()
    try:
        told = {"bind": bind, "public_url": public_url, "test_calls": test_calls, "realtime": realtime}
        wishes = Wishes(**ports, **told, switch=given_switch(switch_url))
        launched = launch(site, wishes, progress=tell_prompt, on_restart=tell_restart)
    except StartFailed as error:
        fail(str(error))
    stay(launched)


def tell_prompt(rendered: Any) -> None:
    """One line per prompt that had to be spoken now; of those that nobody could say one line tells at the end."""
    if rendered.is_new and not rendered.is_fallback:
        console.print(escape(f"  spoke [{rendered.language}] {rendered.text[:60]}"), style="dim")


def tell_restart(name: str, code: int) -> None:
    """One line per death."""
    console.print(f"! {name} ended (exit {code}) and is started again", style="yellow")


def show_site(launched: Launched) -> None:
    """The addresses and logins a person needs."""
    console.print()
    site = launched.site
    names = " ".join(dict.fromkeys(site.name_in(language) for language in site.languages))
    console.print(f"[bold]{escape(names)}[/bold] is running / 已启动")
    console.print(f"  workbench 坐席工作台   {launched.url}/")
    console.print(f"  chat page 网页客服     {launched.url}/chat")
    numbers = ", ".join(launched.site.numbers)
    console.print(f"  call 拨打              sip:NUMBER@{launched.sip_address}   numbers: {numbers}")
    console.print(f"  logins 登录            admin / {launched.secrets.admin_password}")
    for extension, agent in launched.site.agents.items():
        secret = launched.secrets.agents[extension]
        console.print(
            f"                         {extension} {agent.name} / {secret['web_password']}"
            f"   phone password: {secret['sip_password']}"
        )
    for warning in launched.warnings:
        console.print(f"! {escape(warning)}", style="yellow")
    console.print(f"  files 文件             {launched.site_dir.var}   stop with Ctrl-C 按 Ctrl-C 停止")


def end_in_order() -> None:
    """From now on a SIGTERM or a closed terminal is a Ctrl-C: in the middle of the start, too."""

    def end(_signal: int, _frame: Any) -> None:
        raise KeyboardInterrupt

    for one in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(one, end)


def stay(launched: Launched) -> None:
    """Tell, watch until Ctrl-C or the like, then stop in order: also where nobody reads what is told any more."""
    try:
        show_site(launched)
        launched.supervisor.watch()
    except KeyboardInterrupt:
        console.print("\nstopping / 正在停止")
    finally:
        launched.supervisor.stop()
