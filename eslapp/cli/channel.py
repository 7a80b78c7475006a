"""``zongji channel``: the ways people write in: which there are, a new one, what is misconfigured, a trial by fire."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.request import urlopen

import click

from eslapp.cli.agent import insert
from eslapp.cli.language import spoken_option
from eslapp.cli.output import fail, in_terminal, json_option, show, tell
from eslapp.cli.site_option import open_site, open_store, site_option
from eslapp.demo import bad_habits_sip
from eslapp.demo.bad_habits import Seen, is_answering, replay
from eslapp.demo.providers import provider_types
from eslapp.demo.providers.base import Provider
from eslapp.sitedir import SiteDir
from eslapp.store import channel_cursors
from ivr.loader import load_site
from ivr.problems import did_you_mean
from webhooks.channel_accounts import ChannelAccounts, Misconfigured
from webhooks.channel_findings import findings
from webhooks.channels import CHANNELS
from webhooks.channels.base import Account
from webhooks.provider_tools import Tools

COLUMNS = ("name", "type", "flow", "hook", "problem")
WAYS = {"webchat": "/chat", "sip_trunk": "SIP", "email": "IMAP"}  # where nobody posts to a hook
PUBLIC_URL = "https://desk.example.com"  # in what we say where nobody has told us the real one
ABOUT_A_KEY = re.compile(r"([\w.-]+): (.+?); (.+)", re.DOTALL)
COUNTS_WITHIN_S = 5.0
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
                "hook": WAYS.get(settings.type, f"{site_dir.state().get('public_url', '')}/hooks/{name}"),
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
    elif kind == "email":
        tell(f"its mailbox is read by us: nothing to enter at the provider; then: zongji channel check {name}")
    elif kind != "webchat":
        public_url = site_dir.state().get("public_url", "")
        tell(f"tell the provider: {public_url or PUBLIC_URL}/hooks/{name}; then: zongji channel check {name}")
        if not public_url:
            tell(f"{PUBLIC_URL} stands for the address the site is reached by: zongji run --public-url")


@command.command(
    "check",
    epilog="""\b
Examples / 例子:
  zongji channel check --site ./shop          all of them
  zongji channel check wechat --site ./shop   one of them
  zongji channel check --public-url https://desk.example.com   of a site that does not run here
""",
)
@click.argument("names", nargs=-1)
@click.option("--public-url", default="", help="Where providers reach the site; what it was started with otherwise.")
@site_option
@spoken_option
@json_option
def check(names: tuple[str, ...], public_url: str, site_path: Path, as_json: bool) -> None:
    """What is misconfigured: in the entry, at the provider. Exit 1 where something is.  检查渠道配置，也问服务商。"""
    site_dir = open_site(site_path)
    base = public_url or site_dir.state().get("public_url", "")
    accounts, counts = _accounts(site_dir), _counts(site_dir)
    tools = Tools(base=base, cursor=lambda account: _cursor(site_dir, account))
    rows = []
    for name in names or accounts.names():
        for problem in findings(accounts, name, tools, public_url=base, counts=counts):
            rows.append({"name": name, "problem": problem if as_json else _spoken(problem)})
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
@spoken_option
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
    if account.type not in provider_types() or account.type == "email":
        fail(f"{name} is a {account.type} channel: nobody delivers to it from outside")
    hook = url or site_dir.state().get("daemon", {}).get("url", "")
    if not hook:
        fail(f"the site is not running; start it with: zongji run --site {site_dir.root}")
    provider = provider_of(account)
    try:
        hook, public_url = url or f"{hook}/hooks/{name}", site_dir.state().get("public_url", "")
        told = getattr(account.options, "hook", "") or (f"{public_url}/hooks/{name}" if public_url and not url else "")
        if not is_answering(hook):
            fail(f"nobody answers at {hook}; is the site running, and the proxy in front of it?")
        _judge(replay(provider, hook, told=told), as_json=as_json)
    finally:
        provider.close()


def provider_of(account: Account) -> Provider:
    """Somebody who knows what the provider of this account knows; what the entry does not say is as usual."""
    kind = provider_types()[account.type]
    words = {key: str(getattr(account.options, key, "")) for key in kind.WORDS}
    provider = kind({key: value for key, value in words.items() if value})
    if account.type == "generic":
        provider.words["secret"] = account.options.secrets[0]
    return provider


def _switch(site_dir: SiteDir, url: str) -> tuple[str, int, str]:
    """Where the switch listens, and a number of the site."""
    host, _, port = (url or site_dir.state().get("sip_address", "")).rpartition(":")
    if not host:
        fail("the site is not running; start it, or name the switch with --url HOST:PORT")
    site, _ = load_site(site_dir.root)
    return host, int(port), next(iter(site.numbers), "1000") if site is not None else "1000"


def _cursor(site_dir: SiteDir, account: str) -> str:
    """Where the daemon's last pull of an account ended; "" where none ever ran."""
    if not site_dir.database.exists():
        return ""
    with open_store(site_dir) as store:
        return store.read(lambda tx: channel_cursors.of_account(tx, account))


def _judge(found: Iterable[Seen], *, as_json: bool) -> None:
    """Show every habit; exit 1 where an answer was wrong."""
    seen = list(found)
    said = str if as_json else in_terminal
    rows = [
        {
            "habit": said(one.habit),
            "wanted": said(" or ").join(map(said, one.wanted.split(" or "))),
            "status": one.status or said("cut off"),
            "seconds": one.seconds,
            "verdict": said("good" if one.is_good else "BAD"),
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
        return "; ".join(f"{key}: {in_terminal(what)}" for key, what, _ in error.problems)
    return ""


def _usable(accounts: ChannelAccounts, name: str) -> Account:
    try:
        found = accounts.of(name)
    except Misconfigured as error:
        fail("; ".join(_spoken(f"channels.{name}.{key}: {what}; {mend}") for key, what, mend in error.problems))
    if found is None:
        fail(f"the site has no channel {name}; {did_you_mean(name, accounts.names())}")
    return found


def _spoken(problem: str) -> str:
    """A finding in the terminal's language; of one about a key each part by itself."""
    parts = ABOUT_A_KEY.fullmatch(problem)
    mend = in_terminal(parts[3]) if parts else ""
    if parts is None or mend == parts[3]:
        return in_terminal(problem)
    return f"{parts[1]}：{in_terminal(parts[2])}；{mend}"


def _counts(site_dir: SiteDir) -> str:
    """What the running daemon counts, "" where none runs (or lets us ask)."""
    url = site_dir.state().get("daemon", {}).get("url", "")
    try:
        with urlopen(f"{url}/metrics", timeout=COUNTS_WITHIN_S) as answer:
            return str(answer.read().decode("utf-8", "replace"))
    except (URLError, OSError, ValueError):
        return ""


def _flat(options: dict[str, Any]) -> list[str]:
    found: list[str] = []
    for value in options.values():
        found += [str(one) for one in value] if isinstance(value, list) else [str(value)]
    return found
