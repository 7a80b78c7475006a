"""The site's channel accounts with their options read and their secrets filled in.

Owns: from an entry of ``channels:`` to an ``Account``, and every mistake in it as one line.
Not here: the options of each channel (``channels``), what is asked of providers.

>>> filled("$(env.SMS_TOKEN)", {"SMS_TOKEN": "s3"}.get), filled("plain", {}.get)
('s3', 'plain')
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from typing import Any

from pydantic import ValidationError

from ivr.problems import did_you_mean

from .channels import CHANNELS
from .channels.base import Account, Channel
from .option_faults import of_option
from .ports import ChannelSettingsView, SiteView

Word = Callable[[str], str | None]
FROM_ENVIRONMENT = re.compile(r"\$\(env\.([A-Za-z_][A-Za-z0-9_]*)\)")


class Misconfigured(Exception):
    """An entry of ``channels:`` cannot be used; ``problems`` are ``(key, what, mend)``."""

    def __init__(self, name: str, problems: list[tuple[str, str, str]]) -> None:
        super().__init__("; ".join(f"channels.{name}.{key}: {what}; {mend}" for key, what, mend in problems))
        self.problems = problems


def filled(value: Any, word: Word) -> Any:
    """``$(env.NAME)`` replaced, in lists too; ``KeyError`` names a word that is not there."""
    if isinstance(value, list):
        return [filled(one, word) for one in value]
    if not isinstance(value, str):
        return value
    return FROM_ENVIRONMENT.sub(lambda match: _known(match[1], word), value)


def _known(name: str, word: Word) -> str:
    found = word(name)
    if found is None:
        raise KeyError(name)
    return found


def account_of(name: str, settings: ChannelSettingsView, channel: Channel, word: Word) -> Account:
    """The account; ``Misconfigured`` with every mistake at once. ``word`` is the operator's word behind a name."""
    problems: list[tuple[str, str, str]] = []
    given: dict[str, Any] = {}
    for key, value in settings.options.items():
        try:
            given[key] = filled(value, word)
        except KeyError as error:
            mend = "set it in the environment or under env in secrets.json"
            problems.append((key, f"nobody has told {error.args[0]}", mend))
    untold = {key for key, _, _ in problems}
    wrong, options = judged(channel, settings.options, given)
    problems += [one for one in wrong if not is_of_untold(one, untold)]
    if problems:
        raise Misconfigured(name, problems)
    return Account(name, channel.type, settings.flow, options)


def is_of_untold(problem: tuple[str, str, str], untold: Collection[str]) -> bool:
    """Whether it only says that an option is missing whose value is not known here."""
    key, what, _ = problem
    return key.partition(".")[0] in untold or bool(set(re.findall(r"\w+", what)) & set(untold))


def judged(
    channel: Channel, written: Mapping[str, Any], given: Mapping[str, Any]
) -> tuple[list[tuple[str, str, str]], Any]:
    """``(key, what, mend)`` of every mistake of an entry, and its options where there is none.

    ``written`` as it stands in the file, ``given`` with its secrets filled in.
    """
    problems = [
        (key, "a secret does not belong in the file", f"write {key}: $(env.NAME)")
        for key, value in written.items()
        if key in channel.Options.SECRETS and value and not FROM_ENVIRONMENT.search(str(value))
    ]
    try:
        return problems, channel.Options.model_validate(dict(given))
    except ValidationError as error:
        for one in error.errors():
            key = ".".join(str(part) for part in one["loc"])
            if one["type"] == "extra_forbidden":
                problems.append((key, f"there is no key {key}", did_you_mean(key, channel.Options.model_fields)))
            else:
                what, mend = of_option(channel, key, one)
                problems.append((key or channel.type, what, mend or f"see docs/channels.md, {channel.type}"))
        return problems, None


class ChannelAccounts:
    """The accounts of the site that is published now, each read once per revision of its entry."""

    def __init__(self, site: Callable[[], SiteView], word: Word, channels: Mapping[str, Channel] = CHANNELS) -> None:
        self._site = site
        self._word = word
        self.channels = channels
        self._known: dict[str, tuple[Any, Account]] = {}

    def of(self, name: str) -> Account | None:
        """The account called so; None where the site has none. ``Misconfigured`` where it cannot be used."""
        settings = self._site().channels.get(name)
        channel = self.channels.get(settings.type) if settings else None
        if settings is None or channel is None:
            return None
        known = self._known.get(name)
        if known is None or known[0] is not settings:
            known = self._known[name] = (settings, account_of(name, settings, channel, self._word))
        return known[1]

    def sibling(self, account: Account, whose: str) -> Account | None:
        """The site's other account of the same type that their provider calls so."""
        for name, settings in self._site().channels.items():
            if settings.type != account.type or name == account.name or not whose:
                continue
            try:
                found = self.of(name)
            except Misconfigured:
                continue
            if found is not None and self.channel(found).own_id(found) == whose:
                return found
        return None

    def channel(self, account: Account) -> Channel:
        """Its channel."""
        return self.channels[account.type]

    def names(self) -> list[str]:
        """All the site has, usable or not."""
        return [name for name, settings in self._site().channels.items() if settings.type in self.channels]
