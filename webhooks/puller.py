"""Fetches what providers keep for us: at their nudge, and now and then in case a nudge was lost.

Owns: one pull at a time per account, cursor and deliveries in one transaction.
Not here: how a channel pulls (``channels``), what becomes of the deliveries (``eslapp.services.inbox_worker``).
"""

from __future__ import annotations

import gevent
from gevent.event import Event as Wakeup

from eslapp.log import get_log, spawn
from eslapp.outside import Blocked, TooLarge, Unreachable
from eslapp.store import StoreError, Tx, channel_cursors, inbox, unplaced

from .channel_accounts import ChannelAccounts, Misconfigured
from .channels.access import NoToken, TokenRefused
from .channels.base import (
    Account,
    Channel,
    Page,
)
from .deps import Deps
from .provider_tools import Tools

PAGES = 1000  # at one nudge: a provider that always says "more" does not hold us for ever
PAUSE_S = 5.0
LONGEST_PAUSE_S = 300.0
NUDGED_S = 540.0  # WeCom: ten minutes

log = get_log("webhooks.puller")


class Puller:
    """One per daemon: a loop for each account whose channel is pulled."""

    def __init__(self, deps: Deps, accounts: ChannelAccounts, tools: Tools) -> None:
        self._deps = deps
        self._accounts = accounts
        self._tools = tools
        self._wakeups: dict[str, Wakeup] = {}
        self._nudges: dict[str, tuple[str, float]] = {}  # the newest of each account, and when it came
        self._greenlets: list[gevent.Greenlet] = []

    def start(self) -> None:
        """Pull every account once, and from then on."""
        for name in self._accounts.names():
            try:
                account = self._accounts.of(name)
            except Misconfigured as error:
                log.error("channel-misconfigured", channel=name, reason=str(error))
                continue
            if account and self._accounts.channel(account).capabilities.pulls_every_s is not None:
                self._wakeups[name] = Wakeup()
                self._greenlets.append(spawn(self._run, name))

    def stop(self, timeout: float = 2.0) -> None:
        """End; what was not committed is pulled again."""
        gevent.killall(self._greenlets, timeout=timeout)

    def wake(self, account: str, nudge: str = "", whose: str = "") -> None:
        """The provider says that there is something, by a word that it wants to hear when it is asked.

        ``whose``: the provider's id of another account, which this one was told about.
        """
        name = account if not whose else self._sibling(account, whose)
        if not name:
            self._nobodys(account, whose)
        if name in self._wakeups:
            self._nudges[name] = (nudge, self._deps.clock())
            self._wakeups[name].set()

    def _sibling(self, account: str, whose: str) -> str:
        told = self._usable(account)
        found = self._accounts.sibling(told, whose) if told is not None else None
        return found.name if found is not None else ""

    def _nobodys(self, account: str, whose: str) -> None:
        """Told of an account that the site does not have."""
        told = self._usable(account)
        if told is not None:
            name, now = f"{told.type}:{told.name}", self._deps.clock()
            self._deps.store.write(lambda tx: unplaced.note(tx, channel_account=name, whose=whose, at=now))

    def _usable(self, name: str) -> Account | None:
        try:
            return self._accounts.of(name)
        except Misconfigured:
            return None

    def _run(self, name: str) -> None:
        failures = 0
        while True:
            wakeup = self._wakeups[name]
            wakeup.clear()
            account = self._accounts.of(name)
            if account is None:
                return
            channel = self._accounts.channel(account)
            try:
                self._pull(channel, account)
                failures = 0
            except (Unreachable, TooLarge, Blocked, NoToken, TokenRefused, StoreError, OSError) as error:
                failures += 1
                log.warning("not-pulled", account=name, reason=str(error)[:300])
            except Exception:
                failures += 1
                log.exception("pull-failed", account=name)
            usual = getattr(account.options, "every", None) or channel.capabilities.pulls_every_s or LONGEST_PAUSE_S
            wakeup.wait(min(LONGEST_PAUSE_S, PAUSE_S * 2.0**failures) if failures else usual)

    def _pull(self, channel: Channel, account: Account) -> None:
        for _ in range(PAGES):
            cursor = self._deps.store.read(lambda tx: channel_cursors.of_account(tx, account.name))
            page = channel.pull(account, self._tools, cursor, self._nudge(account.name))
            if page.deliveries or page.cursor != cursor:
                self._deps.store.write(lambda tx, page=page: self._keep(tx, account, page))
                self._deps.inbox_arrived()
            if not page.has_more:
                return

    def _nudge(self, account: str) -> str:
        said, at = self._nudges.get(account, ("", 0.0))
        return said if self._deps.clock() - at < NUDGED_S else ""

    def _keep(self, tx: Tx, account: Account, page: Page) -> None:
        now = self._deps.clock()
        for one in page.deliveries:
            inbox.put(
                tx,
                channel_account=f"{account.type}:{account.name}",
                external_key=one.external_key,
                address=one.address,
                body=one.body,
                headers=one.headers,
                at=now,
            )
        channel_cursors.move(tx, account.name, page.cursor, now)
