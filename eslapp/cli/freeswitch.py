"""``zongji freeswitch``: prepare a FreeSWITCH for a site, and look at a running one."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

import click

from eslapp.cli.findings_chinese import finding_in
from eslapp.cli.language import lang_option
from eslapp.cli.output import console, fail, json_option
from eslapp.cli.site_option import open_site, site_option
from eslapp.freeswitch_conf.check import Expected, check
from eslapp.freeswitch_conf.doors import RenderError
from eslapp.freeswitch_conf.render import render
from eslapp.launch import OUTBOUND_PORT, Switch, load, render_prompts
from eslapp.supervisor import StartFailed
from eslapp.switch_files import switch_sounds, trunks_of


@click.group(
    epilog="""\b
Examples / 例子:
  zongji freeswitch render --site ./shop --out /etc/freeswitch-zongji
  zongji freeswitch check --site ./shop                       the FreeSWITCH on this machine
  zongji freeswitch check --site ./shop --switch esl://192.0.2.7:8021
"""
)
def command() -> None:
    """FreeSWITCH for this site.  FreeSWITCH 配置与检查。"""


@command.command(
    "render",
    epilog="""\b
Examples / 例子:
  zongji freeswitch render --site ./shop --out /etc/freeswitch-zongji
  zongji freeswitch render --site ./shop --out ./fs --bind 192.0.2.7 --external 203.0.113.9
""",
)
@site_option
@click.option("--out", required=True, type=click.Path(file_okay=False, path_type=Path), help="The directory to write.")
@click.option("--sip-port", default=5060, show_default=True, type=click.IntRange(1, 65535))
@click.option("--esl-port", default=8021, show_default=True, type=click.IntRange(1, 65535))
@click.option("--outbound-port", default=OUTBOUND_PORT, show_default=True, type=click.IntRange(1, 65535))
@click.option("--ws-port", default=5066, show_default=True, type=click.IntRange(1, 65535))
@click.option("--bind", default="127.0.0.1", show_default=True, help="The address SIP and RTP listen on.")
@click.option("--external", default="", help="The address phones outside see, behind NAT.")
def render_it(
    site_path: Path,
    out: Path,
    sip_port: int,
    esl_port: int,
    outbound_port: int,
    ws_port: int,
    bind: str,
    external: str,
) -> None:
    """Write a complete configuration directory that FreeSWITCH 1.10 boots with: freeswitch -conf OUT.

    生成可直接启动的 FreeSWITCH 配置。
    """
    site_dir = open_site(site_path)
    try:
        site_dir.make()
        site = load(site_dir)
        render_prompts(site_dir, site, lambda _: None)
        written = render(
            site,
            site_dir.secrets(site.agents),
            out,
            sip_port=sip_port,
            esl_port=esl_port,
            outbound_port=outbound_port,
            ws_port=ws_port,
            bind=bind,
            external=external,
            sounds=switch_sounds(site_dir, site),
            trunks=trunks_of(site_dir, site),
        )
    except (StartFailed, RenderError) as error:
        fail(str(error))
    except OSError as error:
        fail(f"{out}: cannot be written ({error.strerror or error}); name a directory of yours")
    site_dir.write_state(freeswitch={"domain": written.domain, "sip_port": sip_port, "ws_port": ws_port})
    for warning in written.warnings:
        console.print(f"! {warning}", style="yellow")
    console.print(f"{written.out_dir}: {len(written.changed)} files written; boot it with: freeswitch -conf {out}")
    console.print(f"then: zongji run --site {site_path} --switch esl://127.0.0.1:{esl_port}")


@command.command(
    "check",
    epilog="""\b
Examples / 例子:
  zongji freeswitch check --site ./shop                                        the one on this machine
  zongji freeswitch check --site ./shop --switch esl://192.0.2.7:8021 --json
""",
)
@site_option
@click.option("--switch", "switch_url", help="esl://HOST:PORT; usually this machine, 8021.")
@lang_option
@json_option
def check_it(site_path: Path, switch_url: str | None, language: str, as_json: bool) -> None:
    """Say what is wrong with a running FreeSWITCH; exit 1 where something is.  检查运行中的 FreeSWITCH。"""
    site_dir = open_site(site_path)
    try:
        site_dir.make()
        site = load(site_dir)
        secrets = site_dir.secrets(site.agents)
        switch = Switch.parse(switch_url or "esl://127.0.0.1:8021").with_password(secrets.esl_password)
    except StartFailed as error:
        fail(str(error))
    expected = Expected(
        numbers=tuple(site.numbers),
        agents={extension: secrets.agents[extension]["sip_password"] for extension in site.agents},
        languages=site.languages,
    )
    findings = check(switch.host, switch.port, switch.password, expected)
    if as_json:
        click.echo(json.dumps([asdict(finding) for finding in findings], ensure_ascii=False))
    else:
        for finding in findings:
            text, mend = finding_in(finding.text, language), finding_in(finding.mend, language)
            console.print(f"{finding.severity}: {text}; {mend}", markup=False)
        if not findings:
            console.print("this FreeSWITCH serves the site / 一切正常", style="green")
    raise SystemExit(1 if any(finding.severity == "error" for finding in findings) else 0)
