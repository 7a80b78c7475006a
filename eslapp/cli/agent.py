"""``zongji agent``: who works here, how they are now, and new ones."""

from __future__ import annotations

import json
import re
from pathlib import Path

import click

from eslapp.cli.output import console, fail, json_option, show
from eslapp.cli.site_option import DaemonApi, is_running, open_site, site_option
from eslapp.sitedir import SiteDir
from ivr.checks import run as run_checks
from ivr.loader import load_site
from ivr.problems import did_you_mean

UNREGISTERED = (
    "no calls yet: the phone is not registered; register a softphone as {agent} at {address} (zongji run printed the "
    "password), or take calls in the workbench / "
    "还接不到电话：话机未注册；请用软电话以 {agent} 注册到 {address}"
    "（密码见 zongji run 的输出），或在工作台里用浏览器接听"
)
COLUMNS = ("id", "name", "presence", "reason", "phone", "skills", "languages", "load")
EXTENSION = re.compile(r"[0-9]{2,6}")


@click.group(
    epilog="""\b
Examples / 例子:
  zongji agent ls                                      who is here, and how
  zongji agent show 1001                               one, with the phone: ready, unregistered, untested, ...
  zongji agent set 1001 available                      or: break --reason lunch, offline
  zongji agent add 1003 --name 王芳 --skill orders=2 --language zh
"""
)
def command() -> None:
    """Agents.  坐席。"""


@command.command(
    "ls",
    epilog="""\b
Examples / 例子:
  zongji agent ls --site ./shop          who is here, on which phone, with how much work
  zongji agent ls --site ./shop --json   the same for machines
""",
)
@site_option
@json_option
def list_them(site_path: Path, as_json: bool) -> None:
    """All agents of a running site.  全部坐席。"""
    rows = DaemonApi(open_site(site_path)).get("/api/agents")["agents"]
    show(rows, COLUMNS, as_json=as_json, empty="the site has no agents")


@command.command(
    "show",
    epilog="""\b
Examples / 例子:
  zongji agent show 1001 --site ./shop
  zongji agent show 1001 --site ./shop --json
""",
)
@click.argument("agent")
@site_option
@json_option
def show_one(agent: str, site_path: Path, as_json: bool) -> None:
    """One agent of a running site, with all that is known of the phone.  一位坐席和话机的详情。"""
    rows = DaemonApi(open_site(site_path)).get("/api/agents")["agents"]
    found = next((row for row in rows if row["id"] == agent), None)
    if found is None:
        fail(f"the site has no agent {agent}; {did_you_mean(agent, (row['id'] for row in rows))}")
    if as_json:
        click.echo(json.dumps(found, ensure_ascii=False))
        return
    for name, value in found.items():
        console.print(f"{name + ':':<18} {value if value not in ('', {}, []) else '-'}", markup=False)


@command.command(
    "set",
    epilog="""\b
Examples / 例子:
  zongji agent set 1001 available --site ./shop
  zongji agent set 1001 break --reason lunch --site ./shop
  zongji agent set 1001 offline --site ./shop
""",
)
@click.argument("agent")
@click.argument("presence", type=click.Choice(["available", "break", "offline"]))
@click.option("--reason", default="", help="Shown to colleagues and supervisors.")
@site_option
def set_presence(agent: str, presence: str, reason: str, site_path: Path) -> None:
    """Set an agent's presence.  设置坐席状态。"""
    site = open_site(site_path)
    api = DaemonApi(site)
    known = [row["id"] for row in api.get("/api/agents")["agents"]]
    if agent not in known:
        fail(f"the site has no agent {agent}; {did_you_mean(agent, known)}")
    shape = api.post(f"/api/agents/{agent}/presence", presence=presence, reason=reason)
    console.print(f"{shape['name']}: {shape['presence']}")
    if presence == "available" and shape["phone"] == "unregistered":
        address = site.state().get("sip_address", "HOST:PORT")
        console.print(UNREGISTERED.format(agent=agent, address=address), markup=False)


@command.command(
    "add",
    epilog="""\b
Examples / 例子:
  zongji agent add 1003 --name 王芳 --site ./shop
  zongji agent add 1004 --name Ann --skill orders=2 --language en --language zh --site ./shop
""",
)
@click.argument("extension")
@click.option("--name", required=True, help="As colleagues and contacts see it.")
@click.option("--skill", "skills", multiple=True, metavar="NAME=LEVEL", help="May be repeated.")
@click.option("--language", "languages", multiple=True, help="May be repeated.")
@site_option
def add(extension: str, name: str, skills: tuple[str, ...], languages: tuple[str, ...], site_path: Path) -> None:
    """Add an agent to site.yaml; a running site takes it up at once, no call is hurt.  添加坐席，立即生效。"""
    site_dir = open_site(site_path)
    site, problems = load_site(site_dir.root)
    if site is None:
        fail(f"site.yaml has mistakes already: {problems[0]}")
    if not EXTENSION.fullmatch(extension):
        fail(f"{extension!r} is not an extension; two to six digits")
    if extension in site.agents:
        fail(f"{extension} is {site.agents[extension].name} already")
    insert(site_dir.root / "site.yaml", entry(extension, name, skills, languages))
    added, _ = load_site(site_dir.root)
    assert added is not None  # insert has checked it
    secrets = site_dir.secrets(added.agents)
    take_up(site_dir)
    console.print(f"{extension} {name}: workbench password {secrets.agents[extension]['web_password']}")
    console.print(f"phone password {secrets.agents[extension]['sip_password']}")


def entry(extension: str, name: str, skills: tuple[str, ...], languages: tuple[str, ...]) -> str:
    """The agent's line of site.yaml. JSON strings are YAML strings."""
    levels = {}
    for skill in skills:
        word, _, level = skill.partition("=")
        levels[word] = level or "1"
    said = ", ".join(f"{json.dumps(word)}: {level}" for word, level in levels.items())
    spoken = ", ".join(json.dumps(code) for code in languages)
    quoted = json.dumps(name, ensure_ascii=False)
    return f'  "{extension}": {{name: {quoted}, skills: {{{said}}}, languages: [{spoken}]}}\n'


def insert(file: Path, line: str, *, heading: str = "agents") -> None:
    """Put the line first under ``heading:``; the file stays as it was where the result has mistakes."""
    before = file.read_text(encoding="utf-8")
    lines = before.splitlines(keepends=True)
    place = next((number for number, text in enumerate(lines) if re.fullmatch(rf"{heading}:\s*(#.*)?\n?", text)), None)
    if place is None:
        fail(f"{file}: no line '{heading}:' with its entries below it; add this there by hand: {line.strip()}")
    known = _mistakes(file.parent)
    lines.insert(place + 1, line)
    file.write_text("".join(lines), encoding="utf-8")
    new = [mistake for mistake in _mistakes(file.parent) if mistake not in known]
    if new:
        file.write_text(before, encoding="utf-8")
        fail(f"not added: {new[0]}")


def _mistakes(folder: Path) -> list[str]:
    """What is wrong with the site's files, wherever it stands; without the proofs, which take seconds."""
    site, problems = load_site(folder)
    found = problems if site is None else run_checks(site, with_proofs=False)
    return [f"{problem.text}; {problem.mend}" for problem in found if problem.severity == "error"]


def take_up(site_dir: SiteDir) -> None:
    """Have a running site publish its files now: the router, the workbench and the switch learn of the agent."""
    if not is_running(site_dir):
        console.print("the site is not running; the agent is there at its next start")
        return
    if "sip" not in site_dir.state().get("ports", {}):
        console.print("your FreeSWITCH learns of the phone by: zongji freeswitch render ..., then fs_cli -x reloadxml")
    status = DaemonApi(site_dir).post("/api/revisions", action="publish", why="agent added")
    for problem in status["problems"]:
        fail(f"not taken up: {problem}")
