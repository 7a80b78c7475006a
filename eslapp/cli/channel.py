"""``zongji channel``: the ways people write in: which there are, a new one, what is misconfigured, a trial by fire."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import click

from eslapp.cli.agent import insert
from eslapp.cli.language import spoken_option
from eslapp.cli.output import fail, in_terminal, json_option, show, tell
from eslapp.cli.site_option import open_site, site_option
from eslapp.demo import bad_habits_sip
from eslapp.demo.bad_habits import Seen, replay
from eslapp.demo.providers import provider_types
from eslapp.outside import Blocked, TooLarge, Unreachable
from eslapp.sitedir import SiteDir
from ivr.loader import load_site
from ivr.problems import did_you_mean
from webhooks.channel_accounts import ChannelAccounts, Misconfigured
from webhooks.channels import CHANNELS
from webhooks.channels.access import NoToken, TokenRefused
from webhooks.channels.base import (
    Account,
)
from webhooks.provider_tools import Tools

COLUMNS = ("name", "type", "flow", "hook", "problem")
WAYS = {"webchat": "/chat", "sip_trunk": "SIP", "email": "IMAP"}  # where nobody posts to a hook
HABITS = ("habit", "wanted", "status", "seconds", "verdict")


@click.group(
    epilog="""\b
Examples / 例子:
  zongji channel ls                           the site's channels and where their providers deliver
  zongji channel add wechat --type wechat     writes the entry with everything it needs
  zongji channel check                        what is misconfigured, asked of the providers themselves
  zongji channel test website-sms             replays a provider's bad habits at the live address
"""
)
def command() -> None:
    """Channels: chat, SMS, WeChat, e-mail ...  渠道。"""


@command.command(
    "ls",
    epilog="""\b
Examples / 例子:
  zongji channel ls --site ./shop          each with the address its provider delivers to
  zongji channel ls --site ./shop --json   the same for machines
""",
)
@site_option
@spoken_option
@json_option
def list_them(site_path: Path, as_json: bool) -> None:
    """The site's channels.  站点的渠道。"""
    site_dir = open_site(site_path)
    accounts = _accounts(site_dir)
    rows = []
    for name in accounts.names():
        settings = _settings(site_dir, name)
        rows.append(
            {
                "name": name,
                "type": settings.type,
                "flow": settings.flow,
                "hook": WAYS.get(settings.type, f"/hooks/{name}"),
                "problem": _problem(accounts, name),
            }
        )
    show(rows, COLUMNS, as_json=as_json, empty="the site has no channels; add one with: zongji channel add")


@command.command(
    "add",
    epilog="""\b
Examples / 例子:
  zongji channel add website --type webchat --flow main --site ./shop
  zongji channel add wechat --type wechat --site ./shop
""",
)
@click.argument("name")
@click.option("--type", "kind", required=True, type=click.Choice(sorted(CHANNELS)), help="What it is.")
@click.option("--flow", default="", help="Which flow answers; the site's first number's otherwise.")
@site_option
@spoken_option
def add(name: str, kind: str, flow: str, site_path: Path) -> None:
    """Add a channel to site.yaml, with every option it needs.  添加渠道，写好所需的全部选项。"""
    site_dir = open_site(site_path)
    site, problems = load_site(site_dir.root)
    if site is None:
        fail(f"site.yaml has mistakes already: {problems[0]}")
    if name in site.channels:
        fail(f"{name} is a {site.channels[name].type} channel already")
    channel = CHANNELS[kind]
    entry = {"type": kind, "flow": flow or next(iter(site.flows)), **channel.EXAMPLE_OPTIONS}
    written = ", ".join(f"{key}: {json.dumps(value, ensure_ascii=False)}" for key, value in entry.items())
    insert(site_dir.root / "site.yaml", f"  {name}: {{{written}}}\n", heading="channels")
    tell(f"{name} is in {site_dir.root / 'site.yaml'}; put your own values there")
    words = [value for value in _flat(channel.EXAMPLE_OPTIONS) if value.startswith("$(env.")]
    if words:
        tell("secrets go into the environment, or under env in secrets.json: " + ", ".join(words))
    if kind == "sip_trunk":
        tell(f"then render the switch's configuration again, and: zongji channel check {name}")
    elif kind != "webchat":
        tell(f"tell the provider: https://<your public address>/hooks/{name}; then: zongji channel check {name}")


@command.command(
    "check",
    epilog="""\b
Examples / 例子:
  zongji channel check --site ./shop          all of them
  zongji channel check wechat --site ./shop   one of them
""",
)
@click.argument("names", nargs=-1)
@site_option
@spoken_option
@json_option
def check(names: tuple[str, ...], site_path: Path, as_json: bool) -> None:
    """What is misconfigured: in the entry, at the provider. Exit 1 where something is.  检查渠道配置，也问服务商。"""
    site_dir = open_site(site_path)
    accounts, tools = _accounts(site_dir), Tools()
    rows = []
    for name in names or accounts.names():
        for problem in _checked(accounts, name, tools):
            rows.append({"name": name, "problem": problem if as_json else in_terminal(problem)})
    show(rows, ("name", "problem"), as_json=as_json, empty="every channel is well")
    if rows:
        raise SystemExit(1)


@command.command(
    "test",
    epilog="""\b
Examples / 例子:
  zongji channel test wechat --site ./shop                                  at the running site
  zongji channel test wechat --url https://desk.example.com --site ./shop   through your proxy
""",
)
@click.argument("name")
@click.option("--url", default="", help="The hook's address; the running site's own otherwise.")
@site_option
@json_option
def test(name: str, url: str, site_path: Path, as_json: bool) -> None:
    """Replay the provider's bad habits at the live address: forgeries, repeats, floods. Exit 1 on any wrong answer.

    重演服务商的坏习惯。
    """
    site_dir = open_site(site_path)
    account = _usable(_accounts(site_dir), name)
    if account.type == "sip_trunk":
        _judge(bad_habits_sip.replay(*_switch(site_dir, url)), as_json=as_json)
        return
    kind = provider_types().get(account.type)
    if kind is None or account.type == "email":
        fail(f"{name} is a {account.type} channel: nobody delivers to it from outside")
    hook = url or site_dir.state().get("daemon", {}).get("url", "")
    if not hook:
        fail(f"the site is not running; start it with: zongji run --site {site_dir.root}")
    provider = kind({key: str(getattr(account.options, key)) for key in kind.WORDS if hasattr(account.options, key)})
    if account.type == "generic":
        provider.words["secret"] = account.options.secrets[0]
    try:
        _judge(replay(provider, url or f"{hook}/hooks/{name}"), as_json=as_json)
    finally:
        provider.close()


def _switch(site_dir: SiteDir, url: str) -> tuple[str, int, str]:
    """Where the switch listens, and a number of the site."""
    host, _, port = (url or site_dir.state().get("sip_address", "")).rpartition(":")
    if not host:
        fail("the site is not running; start it, or name the switch with --url HOST:PORT")
    site, _ = load_site(site_dir.root)
    return host, int(port), next(iter(site.numbers), "1000") if site is not None else "1000"


def _judge(found: Iterable[Seen], *, as_json: bool) -> None:
    """Show every habit; exit 1 where an answer was wrong."""
    seen = list(found)
    rows = [
        {
            "habit": one.habit,
            "wanted": one.wanted,
            "status": one.status or "cut off",
            "seconds": one.seconds,
            "verdict": "good" if one.is_good else "BAD",
        }
        for one in seen
    ]
    show(rows, HABITS, as_json=as_json, empty="nothing to try")
    if not all(one.is_good for one in seen):
        raise SystemExit(1)


def _accounts(site_dir: SiteDir) -> ChannelAccounts:
    site, problems = load_site(site_dir.root)
    if site is None:
        fail(f"site.yaml has mistakes: {problems[0]}")
    return ChannelAccounts(lambda: site, site_dir.word)


def _settings(site_dir: SiteDir, name: str) -> Any:
    site, _ = load_site(site_dir.root)
    assert site is not None
    return site.channels[name]


def _problem(accounts: ChannelAccounts, name: str) -> str:
    try:
        accounts.of(name)
    except Misconfigured as error:
        return "; ".join(f"{key}: {what}" for key, what, _ in error.problems)
    return ""


def _usable(accounts: ChannelAccounts, name: str) -> Account:
    try:
        found = accounts.of(name)
    except Misconfigured as error:
        fail(str(error))
    if found is None:
        fail(f"the site has no channel {name}; {did_you_mean(name, accounts.names())}")
    return found


def _checked(accounts: ChannelAccounts, name: str, tools: Tools) -> list[str]:
    try:
        account = accounts.of(name)
        if account is None:
            return [f"the site has no channel {name}; {did_you_mean(name, accounts.names())}"]
        return accounts.channel(account).check(account, tools)
    except Misconfigured as error:
        return [f"{key}: {what}; {mend}" for key, what, mend in error.problems]
    except (Unreachable, TooLarge, Blocked) as error:
        return [f"the provider cannot be asked: {error}; may this machine reach it?"]
    except (NoToken, TokenRefused) as error:
        return [str(error)]


def _flat(options: dict[str, Any]) -> list[str]:
    found: list[str] = []
    for value in options.values():
        found += [str(one) for one in value] if isinstance(value, list) else [str(value)]
    return found
