"""What is misconfigured about a channel, from every side: its entry, its provider, our address, what came meanwhile.

Owns: one list of findings per account, each with its mend. Not here: what each provider is asked (``channels``), how it
is printed (``eslapp.cli.channel``).
"""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from eslapp.outside import Blocked, TooLarge, Unreachable
from ivr.problems import did_you_mean

from .channel_accounts import ChannelAccounts, Misconfigured
from .channels.access import NoToken, TokenRefused
from .channels.base import Account
from .provider_tools import Tools

NOT_POSTED = frozenset({"webchat", "sip_trunk"})
SAMPLE = re.compile(r"^(zongji_webhooks_(?:forged|events))_total\{([^}]*)\} ([0-9.e+]+)$", re.MULTILINE)
LABEL = re.compile(r'(\w+)="([^"]*)"')


def findings(
    accounts: ChannelAccounts, name: str, tools: Tools, *, public_url: str = "", counts: str = ""
) -> list[str]:
    """One line each. ``counts`` is what the running daemon counts (``/metrics``), "" where none runs."""
    try:
        account = accounts.of(name)
    except Misconfigured as error:
        return [f"{key}: {what}; {mend}" for key, what, mend in error.problems]
    if account is None:
        return [f"the site has no channel {name}; {did_you_mean(name, accounts.names())}"]
    found = _asked(accounts, account, tools)
    is_fetched = getattr(account.options, "arrives", "") == "imap"
    if account.type not in NOT_POSTED and not is_fetched:
        found += _address(public_url)
        found += refused(account, accounts.channel(account).signed_with, counts)
    return found


def _asked(accounts: ChannelAccounts, account: Account, tools: Tools) -> list[str]:
    try:
        return accounts.channel(account).check(account, tools)
    except (Unreachable, TooLarge, Blocked) as error:
        return [f"the provider cannot be asked: {error}; may this machine reach it?"]
    except (NoToken, TokenRefused) as error:
        return [str(error)]


def _address(public_url: str) -> list[str]:
    parts = urlsplit(public_url)
    if public_url and (parts.scheme != "https" or not parts.hostname):
        return [f"the public address {public_url} is not https: providers deliver to https alone; correct --public-url"]
    return []


def refused(account: Account, signed_with: str, counts: str) -> list[str]:
    """Deliveries that were refused while none was taken: then it is not a stranger who forges, but a wrong secret."""
    parts: dict[str, float] = {}
    taken = 0.0
    for name, labels, value in SAMPLE.findall(counts):
        told = dict(LABEL.findall(labels))
        if told.get("account") != account.name:
            continue
        if name.endswith("events"):
            taken += float(value)
        else:
            parts[told.get("part", "")] = float(value)
    if taken or not parts:
        return []
    part, number = max(parts.items(), key=lambda pair: pair[1])
    what = f"all {int(number)} deliveries since the daemon began were refused ({part})"
    if part == "envelope":
        return [f"{what}; aes_key, or the appid or corpid, is not the one in the provider's console"]
    if part == "verify token":
        return [f"{what}; verify_token is not the one typed into the app's webhook settings"]
    return [f"{what}; {signed_with} is not the provider's, or a proxy changes requests"]
