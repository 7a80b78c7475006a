"""Asks providers who contacts are: LINE for names, WeChat for the unionid that joins them at several accounts.

Owns: when whom is asked. Not here: how (``KnowsPeople``, ``KnowsNames``), whether two contacts are one
(``store.people``).
"""

from __future__ import annotations

from eslapp.core.events import Event, MessageStored
from eslapp.log import get_log
from eslapp.outside import Blocked, TooLarge, Unreachable
from eslapp.store import Tx, contacts, looked_up, people
from eslapp.store.tx import Row

from .channel_accounts import ChannelAccounts, Misconfigured
from .channels.access import KnowsNames, KnowsPeople, NoToken, TokenRefused
from .channels.base import Account, Channel
from .deps import Deps
from .provider_tools import Tools
from .woken import Woken

POLL_S = 60.0
BUSY_S = 300.0  # after no answer
AGAIN_S = 30 * 86400.0  # an account may be bound to others meanwhile

log = get_log("webhooks.people")


class PeopleWorker:
    """One per daemon. Does nothing where no account of the site can be asked."""

    def __init__(self, deps: Deps, accounts: ChannelAccounts, tools: Tools) -> None:
        self._deps = deps
        self._accounts = accounts
        self._tools = tools
        self._loop = Woken("people", self._look, pause_s=POLL_S)

    def start(self) -> None:
        """Work until ``stop``."""
        self._loop.start(self._deps.bus, _is_said)

    def stop(self, timeout: float = 2.0) -> None:
        """End; who was not asked about yet is at the next start."""
        self._loop.stop(timeout)

    def wake(self) -> None:
        """There may be somebody new."""
        self._loop.wake()

    def _look(self) -> float:
        for row in self._due():
            self._ask(row)
        return POLL_S

    def _wider(self) -> dict[str, Account]:
        found: dict[str, Account] = {}
        for name in self._accounts.names():
            try:
                account = self._accounts.of(name)
            except Misconfigured:
                continue
            channel = self._accounts.channel(account) if account is not None else None
            if account is not None and (_has_unions(channel, account) or isinstance(channel, KnowsNames)):
                found[name] = account
        return found

    def _due(self) -> list[Row]:
        wanted = [(one.type, name) for name, one in self._wider().items()]
        now = self._deps.clock()
        return self._deps.store.read(lambda tx: looked_up.due(tx, wanted, now=now)) if wanted else []

    def _ask(self, row: Row) -> None:
        account, now = self._accounts.of(row["account"]), self._deps.clock()
        channel = self._accounts.channel(account) if account is not None else None
        if account is None or channel is None:
            return
        name, unions = "", tuple[tuple[str, str], ...]()
        try:
            if isinstance(channel, KnowsNames):
                name = channel.called(row["address"], account, self._tools)
            if isinstance(channel, KnowsPeople) and channel.has_unions(account):
                unions = channel.unions(row["address"], account, self._tools)
            due_at = now + AGAIN_S
        except (Unreachable, NoToken, TokenRefused, Blocked, TooLarge) as error:
            log.info("person-not-told", account=account.name, reason=str(error))
            due_at = now + BUSY_S

        def work(tx: Tx) -> None:
            where = {name: row[name] for name in ("channel", "account", "address")}
            looked_up.asked(tx, **where, due_at=due_at)
            known = contacts.get(tx, row["contact"])
            if name and known is not None and not known.name:  # what an agent wrote there stays
                contacts.update(tx, known.id, name=name)
            for scope, told in unions:
                people.learn(tx, row["contact"], scope=scope, external_id=told, is_verified=True, at=now)

        self._deps.store.write(work)


def _has_unions(channel: Channel | None, account: Account) -> bool:
    return isinstance(channel, KnowsPeople) and channel.has_unions(account)


def _is_said(event: Event) -> bool:
    return isinstance(event, MessageStored) and event.direction == "in"
