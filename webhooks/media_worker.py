"""Fetches the files of contacts' messages after their events were acknowledged; each has a state agents can see.

Owns: the fetching loop, caps, sniffing, where the bytes lie. Not here: how a channel fetches (``channels``), the rows
(``eslapp.store.media``), who may see them (``api.media``).
"""

from __future__ import annotations

import os
from pathlib import Path

import gevent
from gevent.pool import Pool

from eslapp.core.events import MessageAdvanced
from eslapp.log import get_log
from eslapp.outside import Blocked, TooLarge, Unreachable
from eslapp.store import StoreError, Tx, events, media, messages
from eslapp.store.media import Media

from .channel_accounts import ChannelAccounts, Misconfigured
from .channels.access import Gone, NoToken, TokenRefused
from .channels.base import (
    Attachment,
    OutboundFile,
)
from .conversion import for_browser, renamed
from .deps import Deps
from .provider_tools import Tools
from .sniffing import sniff
from .woken import Woken

POLL_S, SOON_S = 5.0, 0.2
FETCH_S = 60.0
FIRST_PAUSE_S = 2.0
LONGEST_PAUSE_S = 6 * 3600.0  # an administrator mends a token; providers keep files for days

log = get_log("webhooks.media")


class MediaWorker:
    """One per daemon."""

    def __init__(self, deps: Deps, accounts: ChannelAccounts, tools: Tools, *, at_once: int = 8) -> None:
        self._deps = deps
        self._accounts = accounts
        self._tools = tools
        self._pool = Pool(at_once)
        self._running: set[str] = set()
        self._loop = Woken("media", self._look, pause_s=POLL_S)

    def start(self) -> None:
        """Work until ``stop``."""
        self._loop.start()

    def stop(self, timeout: float = 2.0) -> None:
        """End; what was being fetched is pending still."""
        self._loop.stop(timeout)
        self._pool.kill(block=False)

    def wake(self) -> None:
        """There may be something to fetch."""
        self._loop.wake()

    def _look(self) -> float:
        due = self._deps.store.read(lambda tx: media.due(tx, now=self._deps.clock()))
        for one in due:
            if one.id not in self._running:
                self._running.add(one.id)
                self._pool.spawn(self._fetch, one)
        return SOON_S if due else POLL_S

    def _fetch(self, one: Media) -> None:
        try:
            self._settle(one, self._try(one))
        except StoreError as error:
            log.warning("media-unwritable", media=one.id, reason=str(error))
        finally:
            self._running.discard(one.id)

    def _try(self, one: Media) -> OutboundFile | tuple[str, bool]:
        """The file, or why not and whether another try may help."""
        try:
            account = self._accounts.of(one.account)
            if account is None:
                return "no such channel", False
            wanted = Attachment(kind=one.kind, ref=one.ref, name=one.name, content_type=one.content_type)
            with gevent.Timeout(FETCH_S):
                return self._accounts.channel(account).fetch(wanted, account, self._tools)
        except (TooLarge, Blocked, Gone) as error:
            return str(error), False
        except (Unreachable, NoToken, TokenRefused, Misconfigured, gevent.Timeout) as error:
            return str(error) or "no answer in time", True
        except Exception as error:
            log.exception("fetch-failed", media=one.id)
            return type(error).__name__, True

    def _settle(self, one: Media, found: OutboundFile | tuple[str, bool]) -> None:
        now = self._deps.clock()
        if isinstance(found, tuple):
            reason, may_help = found
            pause = min(LONGEST_PAUSE_S, FIRST_PAUSE_S * 4.0**one.tries)
            log.info("media-not-fetched", media=one.id, reason=reason)

            def give_up(tx: Tx) -> None:
                media.failed(tx, one.id, error=reason, at=now, retry_at=now + pause if may_help else None)
                _tell(tx, one, now)

            self._deps.store.write(give_up)
            return
        came_as = sniff(found.content, found.content_type or one.content_type)
        content, content_type = for_browser(found.content, came_as)
        path = keep(self._deps.media, one.id, content)
        name, size = found.name or one.name, len(content)
        if content_type != came_as:  # what came is kept beside it
            keep(self._deps.media, f"{one.id}.as-it-came", found.content)
            name = renamed(name, content_type)

        def ready(tx: Tx) -> None:
            media.ready(tx, one.id, path=path, content_type=content_type, name=name, size=size, at=now)
            _tell(tx, one, now)

        self._deps.store.write(ready)


def keep(folder: Path, media_id: str, content: bytes) -> str:
    """Write the bytes; the path below ``folder``. Named by our id, never by theirs."""
    relative = f"{media_id[:2]}/{media_id}"
    target = folder / relative
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with open(target, "wb", opener=lambda path, flags: os.open(path, flags, 0o600)) as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    return relative


def _tell(tx: Tx, one: Media, now: float) -> None:
    """Screens that show the message look again."""
    found = messages.get(tx, one.message)
    if found is not None:
        events.append(
            tx, MessageAdvanced(at=now, interaction=found.interaction, message=found.id, state=found.state, error="")
        )
