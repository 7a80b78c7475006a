"""Tells contacts that an agent reads, or writes just now, on channels whose provider shows that.

Owns: when it is told, and how often. Not here: how (``Channel.signal``), our own chat's page (``feed``), messages
(``sender``). Nothing depends on it: what fails is not tried again.
"""

from __future__ import annotations

import gevent
from gevent.pool import Pool

from eslapp.log import get_log
from eslapp.outside import Blocked, TooLarge, Unreachable
from eslapp.store import StoreError, Tx, conversations, messages
from eslapp.store.conversations import Conversation

from .channel_accounts import ChannelAccounts, Misconfigured
from .channels.access import NoToken, TokenRefused
from .channels.base import READ, TYPING
from .deps import Deps
from .provider_tools import Tools

WITHIN_S = 5.0
AGAIN_S = {TYPING: 5.0, READ: 3600.0}  # of the same message
KNOWN = 5_000
FAILURES = (Unreachable, Blocked, TooLarge, NoToken, TokenRefused, Misconfigured, StoreError)

log = get_log("webhooks.courtesies")


class Courtesies:
    """One per daemon."""

    def __init__(self, deps: Deps, accounts: ChannelAccounts, tools: Tools, *, at_once: int = 8) -> None:
        self._deps = deps
        self._accounts = accounts
        self._tools = tools
        self._pool = Pool(at_once)
        self._told: dict[tuple[str, str, str], float] = {}

    def tell(self, signal: str, conversation: str, channel: str) -> None:
        """``signal``: of what the contact said last. At most as many at once as the pool holds; others are left out.
        Each is over within seconds, also while the server stops."""
        known = self._accounts.channels.get(channel)
        if known is not None and signal in known.capabilities.signals and self._pool.free_count():
            self._pool.spawn(self._tell, signal, conversation)

    def _tell(self, signal: str, conversation: str) -> None:
        try:
            thread, newest = self._deps.store.read(lambda tx: _newest(tx, conversation))
            account = self._accounts.of(thread.account) if thread is not None else None
            if thread is None or account is None or not newest or self._is_told(signal, conversation, newest):
                return
            with gevent.Timeout(WITHIN_S):
                self._accounts.channel(account).signal(signal, thread.address, newest, account, self._tools)
        except (*FAILURES, gevent.Timeout) as error:
            log.debug("courtesy-not-told", signal=signal, reason=str(error))

    def _is_told(self, signal: str, conversation: str, newest: str) -> bool:
        now, key = self._deps.monotonic(), (signal, conversation, newest)
        if now - self._told.get(key, -AGAIN_S[signal]) < AGAIN_S[signal]:
            return True
        if len(self._told) >= KNOWN:
            self._told.clear()
        self._told[key] = now
        return False


def _newest(tx: Tx, conversation: str) -> tuple[Conversation | None, str]:
    """The thread, and the provider's id of what the contact said last in it."""
    newest = messages.last_inbound(tx, conversation)
    return conversations.get(tx, conversation), newest.provider_id if newest is not None else ""
