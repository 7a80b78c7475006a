"""``zongji demo``: start the demonstration site, show the main job with robots, and stay up (or stop)."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
from collections.abc import Mapping
from contextlib import nullcontext
from importlib.resources import as_file, files
from pathlib import Path
from typing import Any

import click
from rich.markup import escape

from eslapp.cli.output import console, fail
from eslapp.cli.run import end_in_order, port_options, stay, tell_prompt, tell_restart
from eslapp.cli.switch_option import given_switch, switch_option
from eslapp.demo.channels_story import Cast, ChannelsStory, Place, without_cast
from eslapp.demo.story import Stage, Story
from eslapp.demo.timeline import STYLES, Timeline
from eslapp.launch import Launched, Wishes, launch
from eslapp.sitedir import SiteDir
from eslapp.supervisor import StartFailed, free_port

ROBOT = "1009"


@click.command(
    epilog="""\b
Examples / 例子:
  zongji demo                              show everything, then stay up for your own calls and chats
  zongji demo --once --json out.json       show everything, write the evidence, stop; exit 0 only if all was observed
  zongji demo --channels --once            SMS, WeChat, WhatsApp, e-mail ...: each with a fake of its provider
  zongji demo --switch esl://127.0.0.1:8021   the same on your FreeSWITCH, booted from zongji freeswitch render
"""
)
@click.option("--once", is_flag=True, help="Stop after the demonstration; exit 0 only if every step was observed.")
@click.option("--channels", "is_channels", is_flag=True, help="Show every channel instead, with fakes of its provider.")
@click.option("--json", "json_path", type=click.Path(dir_okay=False, path_type=Path), help="Write the evidence here.")
@click.option(
    "--at",
    "home",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("var/demo"),
    show_default=True,
    help="Where the demonstration site is kept.",
)
@switch_option
@port_options
def command(
    once: bool, is_channels: bool, json_path: Path | None, home: Path, switch_url: str | None, **ports: int | None
) -> None:
    """Show the main job: a call and a chat reach one agent through one queue.  演示主要功能。"""
    site_dir = prepare(home)
    end_in_order()
    with Cast() if is_channels else nullcontext() as cast:
        if cast is not None:
            ports["sip_port"] = _sip_port(site_dir, ports, switch_url)
            os.environ.update(cast.configure(site_dir.root / "site.yaml", f"127.0.0.1:{ports['sip_port']}"))
        show(site_dir, cast, once=once, json_path=json_path, switch_url=switch_url, ports=ports)


def _sip_port(site_dir: SiteDir, ports: Mapping[str, int | None], switch_url: str | None) -> int:
    """Where calls of the fakes will find the switch: chosen before it starts, as they are told in ``site.yaml``."""
    if switch_url:
        return int(site_dir.state().get("freeswitch", {}).get("sip_port", 5060))
    return ports.get("sip_port") or free_port()


def show(
    site_dir: SiteDir,
    cast: Cast | None,
    *,
    once: bool,
    json_path: Path | None,
    switch_url: str | None,
    ports: Mapping[str, int | None],
) -> None:
    """Start the site, perform, stay up or stop."""
    try:
        launched = launch(
            site_dir, Wishes(**ports, switch=given_switch(switch_url)), progress=tell_prompt, on_restart=tell_restart
        )
    except StartFailed as error:
        fail(str(error))
    try:
        evidence = perform(launched) if cast is None else perform_channels(launched, cast)
        if json_path is not None:
            json_path.write_text(json.dumps(evidence, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
        conclude(evidence)
    except BaseException:
        launched.supervisor.stop()
        raise
    if once:
        launched.supervisor.stop()
        raise SystemExit(0 if evidence["ok"] else 1)
    stay(launched)


def prepare(home: Path) -> SiteDir:
    """The demonstration site in ``home``, copied there the first time; files changed since are kept."""
    with as_file(files("ivr") / "sites" / "demo") as packaged:
        for source in sorted(packaged.rglob("*")):
            target = home / source.relative_to(packaged)
            if source.is_dir() or "var" in source.relative_to(packaged).parts[:1]:
                continue
            if not target.exists():
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(source, target)
    without_cast(home / "site.yaml")  # of one that was killed
    return SiteDir(home)


def perform(launched: Launched) -> dict[str, Any]:
    """Play the story against the running site."""
    host, _, port = launched.sip_address.rpartition(":")
    agent = launched.secrets.agents[ROBOT]
    with as_file(files("eslapp") / "cli" / "demo_speech") as speech:
        stage = Stage(
            url=launched.url,
            sip_host=host,
            sip_port=int(port),
            agent=ROBOT,
            agent_password=agent["web_password"],
            phone_password=agent["sip_password"],
            admin_password=launched.secrets.admin_password,
            recordings=launched.site_dir.recordings,
            speech=speech,
        )
        console.print(
            "[bold]Zongji 总机[/bold]: a call and a chat reach one agent through one queue / 电话与网聊，同一队列"
        )
        return asyncio.run(Story(stage, Timeline(print_line)).play())


def perform_channels(launched: Launched, cast: Cast) -> dict[str, Any]:
    """Play every channel against the running site."""
    agent = launched.secrets.agents[ROBOT]
    host, _, port = launched.sip_address.rpartition(":")
    passwords = (agent["web_password"], launched.secrets.admin_password)
    place = Place(launched.url, ROBOT, *passwords, (host, int(port)), agent["sip_password"])
    console.print("[bold]Zongji 总机[/bold]: every channel reaches one agent / 每个渠道都到达同一位坐席")
    return ChannelsStory(place, cast, Timeline(print_line)).play()


def print_line(line: str) -> None:
    """One line of the timeline, coloured by who acts."""
    words = line.split()
    style = STYLES.get(words[1], "red") if len(words) > 1 else ""
    console.print(escape(line), style=style)


def conclude(evidence: dict[str, Any]) -> None:
    """The verdict in one line."""
    if evidence["ok"]:
        console.print("[bold green]Everything was observed from outside.[/bold green] 全部步骤均已从外部观察到。")
    else:
        console.print(f"[bold red]Not everything was observed:[/bold red] {escape('; '.join(evidence['failures']))}")
