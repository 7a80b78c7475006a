"""What a channel may use of the world: the careful HTTP client, access tokens, the clock.

Owns: one token per account, refreshed by one greenlet while the others wait for it.
Not here: how a token is asked for (each channel), which addresses may be asked (``eslapp.outside``).
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlsplit

from gevent.lock import RLock

from eslapp.clock import Clock, wall
from eslapp.outside import Answer, Outside

from .channels.access import Token, TokenRefused
from .channels.base import Account, SendResult, SendState
from .channels.refusals import ACCOUNT_BROKEN

T = TypeVar("T")
EARLY_S = 300.0  # a token is renewed this long before its end
FORCED_S = 60.0  # so often at most one is asked for that ends the old one: Tencent allows 30 s and 20 a day


class Tokens:
    """One per daemon."""

    def __init__(self, clock: Clock = wall) -> None:
        self._clock = clock
        self._known: dict[str, tuple[str, float]] = {}
        self._locks: dict[str, RLock] = {}
        self._forced: dict[str, float] = {}
        self.fetched = 0  # how often a provider was asked, for tests and metrics

    def get(
        self, account: str, fetch: Callable[[], Token], *, refused: str = "", force: Callable[[], Token] | None = None
    ) -> str:
        """The account's token; a new one where it is about to end or is the one that was ``refused``.

        However many ask at once, the provider is asked once. ``force``: where it gives the refused one again.
        """
        with self._locks.setdefault(account, RLock()):
            value, until = self._known.get(account, ("", 0.0))
            if value and value != refused and self._clock() < until:
                return value
            token = fetch()
            self.fetched += 1
            if force is not None and token.value == refused and self._may_force(account):
                token = force()
                self.fetched += 1
            early = min(EARLY_S, token.lives_s / 2)
            self._known[account] = (token.value, self._clock() + token.lives_s - early)
            return token.value

    def _may_force(self, account: str) -> bool:
        now = self._clock()
        if now - self._forced.get(account, -FORCED_S) < FORCED_S:
            return False
        self._forced[account] = now
        return True


class Tools:
    """Given to every call of a channel that reaches out."""

    def __init__(
        self,
        tokens: Tokens | None = None,
        clock: Clock = wall,
        uploads: Path | None = None,
        *,
        base: str = "",
        kept: Callable[[str, str], bytes | None] = lambda channel_account, external_key: None,
        cursor: Callable[[str], str] = lambda account: "",
    ) -> None:
        """``uploads``: where files lie that were given to us directly; ``base``: our public address, "" without one;
        ``kept``: the bytes of a raw event of ours by its key; ``cursor``: where an account's last pull ended."""
        self.uploads = uploads
        self._base = base.rstrip("/")
        self._kept = kept
        self._cursor = cursor
        self.clock = clock
        self.tokens = tokens or Tokens(clock)

    def ask(self, account: Account, method: str, url: str, **how: Any) -> Answer:
        """One request to the account's provider (``Outside.ask``); a private one only where ``api`` names it."""
        return Outside(_own_place(account)).ask(method, url, **how)

    def hook(self, account: Account) -> str:
        """Where the account's provider reaches us, "" where we have no public address."""
        return f"{self._base}/hooks/{account.name}" if self._base else ""

    def kept(self, account: Account, external_key: str) -> bytes | None:
        """What was delivered to the account under this key."""
        return self._kept(f"{account.type}:{account.name}", external_key)

    def cursor(self, account: Account) -> str:
        """Where the account's last pull ended, "" before the first."""
        return self._cursor(account.name)

    def with_token(
        self,
        account: Account,
        fetch: Callable[[], Token],
        work: Callable[[str], T],
        force: Callable[[], Token] | None = None,
    ) -> T:
        """``work(token)``; where it raises ``TokenRefused``, once more with a new token: by ``force``, where ``fetch``
        gives the same."""
        token = self.tokens.get(account.name, fetch)
        try:
            return work(token)
        except TokenRefused:
            return work(self.tokens.get(account.name, fetch, refused=token, force=force))


def _own_place(account: Account) -> tuple[str, ...]:
    parts = urlsplit(account.options.api)
    if not parts.hostname:
        return ()
    return (f"{parts.hostname}:{parts.port or (443 if parts.scheme == 'https' else 80)}",)


def no_token(error: Exception) -> SendResult:
    """What a send answers that could get no token."""
    return SendResult(SendState.FAILED, error=ACCOUNT_BROKEN, detail=str(error))
