"""Asks the providers once a day whether each channel is still well: Meta and Douyin end deliveries to who was away for
long, tokens and permissions end, somebody changes a webhook. Nobody writes then, and nothing else would show it.

Owns: when whom is asked, the figure of ``/metrics`` that ``zongji doctor`` reads. Not here: what is asked
(``channel_findings``).
"""

from __future__ import annotations

import gevent
from prometheus_client import Gauge

from eslapp.log import get_log

from .channel_accounts import ChannelAccounts
from .channel_findings import findings
from .deps import Deps
from .provider_tools import Tools
from .woken import Woken

FIRST_S = 900.0  # a site that has just been started is being looked at
EVERY_S = 86400.0
WITHIN_S = 90.0
PAUSE_S = 60.0

log = get_log("webhooks.channel_watch")


class ChannelWatch:
    """One per daemon."""

    def __init__(self, deps: Deps, accounts: ChannelAccounts, tools: Tools) -> None:
        self._deps = deps
        self._accounts = accounts
        self._tools = tools
        self._due_at = deps.monotonic() + FIRST_S
        self._problems = Gauge(
            "zongji_channel_problems", "What is wrong with each channel.", ["account"], registry=deps.metrics
        )
        self._loop = Woken("channel_watch", self._look, pause_s=PAUSE_S)

    def start(self) -> None:
        """Ask until ``stop``."""
        self._loop.start()

    def stop(self, timeout: float = 2.0) -> None:
        """End; what was not asked yet is asked by the next daemon."""
        self._loop.stop(timeout)

    def ask_now(self) -> None:
        """Not only when the day is over."""
        self._due_at = self._deps.monotonic()
        self._loop.wake()

    def _look(self) -> float:
        now = self._deps.monotonic()
        if now >= self._due_at:
            for name in self._accounts.names():
                self._ask(name)
            self._due_at = now + EVERY_S
        return max(1.0, self._due_at - self._deps.monotonic())

    def _ask(self, name: str) -> None:
        found = [f"was not answered within {WITHIN_S:.0f} s"]
        try:
            with gevent.Timeout(WITHIN_S, False):
                found = findings(self._accounts, name, self._tools, public_url=self._deps.settings.public_url)
        except Exception as error:  # the boundary of one account: the others are asked all the same
            log.exception("channel-not-checked", account=name)
            found = [type(error).__name__]
        self._problems.labels(name).set(len(found))
        for problem in found:
            log.warning("channel-problem", account=name, problem=problem)
