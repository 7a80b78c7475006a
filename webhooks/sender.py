"""Empties the outbox: one row at a time per address, many addresses at once.

Owns: the worker loop, tries and pauses, and what each ``SendResult`` does to the rows.
Not here: one message and its pieces (``sending``), the order itself (``eslapp.store.outbox.claim``).

    sender = Sender(deps, ChannelAccounts(lambda: deps.site, deps.word)); sender.start(); ...; sender.stop()

A message event on the bus wakes it up; it also looks every ``POLL_S`` seconds, so a lost wake-up costs seconds only.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

import gevent
from gevent.pool import Pool

from eslapp.core.events import Event, MessageAdvanced, MessageStored
from eslapp.log import get_log
from eslapp.store import StaleEpoch, StoreError, Tx, events, messages, outbox
from eslapp.store.outbox import Outgoing

from . import allowance
from .channel_accounts import ChannelAccounts
from .channels import CHANNELS
from .channels.base import SendResult, SendState
from .deps import Deps
from .pace import Paces
from .provider_tools import Tools
from .sending import Sending, part_sent
from .woken import Woken

POLL_S = 5.0
MAX_TRIES = 8
LONGEST_PAUSE_S = 300.0
AGAIN_S = 1.0  # after the store refused
TELLING = frozenset({SendState.FAILED, SendState.UNKNOWN})  # "sent" is what everybody expects

log = get_log("webhooks.sender")


def _has_work(event: Event) -> bool:
    """Whether a row of the outbox became due by it: written, or to be sent once more."""
    if isinstance(event, MessageStored):
        return event.direction == "out"
    return isinstance(event, MessageAdvanced) and event.state == "queued"


class Sender:
    """The one outbox worker of this daemon."""

    def __init__(self, deps: Deps, accounts: ChannelAccounts, tools: Tools | None = None, *, at_once: int = 20) -> None:
        self._deps = deps
        self._paces = Paces()
        self._sending = Sending(deps, accounts, tools or Tools(clock=deps.clock), self._surely, self._paces)
        self._pool = Pool(at_once)
        self._is_recovered = False
        self._loop = Woken("sender", self._look, pause_s=POLL_S)

    def start(self) -> None:
        """Settle what an earlier daemon left half done, then work until ``stop``."""
        self._loop.start(self._deps.bus, _has_work)

    def stop(self, timeout: float = 2.0) -> None:
        """End the loops; a running send finishes in time or becomes ``unknown`` at the next start."""
        self._loop.stop(timeout)
        self._pool.join(timeout=timeout)
        self._pool.kill(block=False)

    def wake(self) -> None:
        """There may be something to send."""
        self._loop.wake()

    def _look(self) -> float:
        if not self._is_recovered:
            self._recover()
            self._is_recovered = True
        resting = self._paces.resting(self._deps.monotonic())
        claimed = self._claim(resting)
        for row in claimed:
            self._pool.spawn(self._send, row)
        return 0 if claimed else min([POLL_S, *resting.values()])

    def _claim(self, resting: Mapping[outbox.Address, float]) -> list[Outgoing]:
        now = self._deps.clock()
        room = self._pool.free_count()
        if room < 1:
            return []
        return self._deps.store.write(lambda tx: outbox.claim(tx, now=now, limit=room, resting=resting.keys()))

    def _recover(self) -> None:
        now = self._deps.clock()

        repeatable = [name for name in CHANNELS if _is_repeatable(name)]

        def work(tx: Tx) -> int:
            lost = outbox.recover(tx, at=now, repeatable=repeatable)
            for message in lost:
                row, known = outbox.of_message(tx, message), messages.get(tx, message)
                if row is None or known is None:
                    continue
                allowance.count(tx, row, known)
                _advance(tx, row, SendResult(SendState.UNKNOWN, error="the daemon ended while sending"), -1, now)
            return len(lost)

        count = self._deps.store.write(work)
        if count:
            log.warning("outbox-recovered", unknown=count)

    def _send(self, row: Outgoing) -> None:
        try:
            result, number = self._sending.send(row)
        except StoreError as error:
            result, number = SendResult(SendState.RETRY, detail=str(error)), -1  # it was not even tried
        self._settle(row, result, number)
        self.wake()

    def _surely(self, row: Outgoing, work: Callable[[Tx], None]) -> None:
        """Write down what became of it, as soon as the store takes it: until then its address waits."""
        while True:
            try:
                return self._deps.store.write(work)
            except StaleEpoch:
                return None  # a newer daemon decides now
            except StoreError as error:
                log.warning("outbox-unwritable", outbox=row.number, reason=str(error))
                gevent.sleep(AGAIN_S)

    def _settle(self, row: Outgoing, result: SendResult, number: int) -> None:
        """Write down what became of the row: of its piece ``number``, after which none was tried (-1: none was)."""
        now = self._deps.clock()
        state, may_repeat = _decided(row, result)
        pause = max(result.retry_after_s, min(LONGEST_PAUSE_S, 2.0**row.tries))

        def work(tx: Tx) -> None:
            if number >= 0:  # the provider's own word; ours may be out of date: the contact may have written meanwhile
                allowance.note(tx, row, result.error, now)
            if may_repeat:
                outbox.retry(tx, row.number, token=row.token, error=result.error, due_at=now + pause)
            elif _settle_row(tx, row, state, result.error, now):
                _advance(tx, row, replace(result, state=state), number, now)

        if result.detail:
            log.warning("not-sent", outbox=row.number, state=state.value, error=result.error, detail=result.detail)
        self._surely(row, work)


def _decided(row: Outgoing, result: SendResult) -> tuple[SendState, bool]:
    """What the row becomes, and whether it is tried again instead."""
    may_repeat = result.state == SendState.RETRY or (
        result.state == SendState.UNKNOWN and (row.is_idempotent or _is_repeatable(row.channel))
    )
    if may_repeat and row.tries >= MAX_TRIES:  # what may have arrived stays unknown
        return (SendState.FAILED if result.state == SendState.RETRY else result.state), False
    return result.state, may_repeat


def _is_repeatable(channel: str) -> bool:
    """Whether the provider drops repeats: what may have been sent is then simply sent again."""
    return channel in CHANNELS and CHANNELS[channel].capabilities.is_idempotent


def _advance(tx: Tx, row: Outgoing, result: SendResult, number: int, now: float) -> None:
    """Move the message; what its author must know is also an event."""
    state = result.state
    moved = messages.advance(tx, row.message, state.value, error=result.error, provider_id=result.provider_id)
    found = messages.get(tx, row.message)
    if found is None:
        return
    is_counted = state == SendState.SENT and allowance.window(tx, row) is not None  # one answer fewer is left
    if is_counted or (moved and state in TELLING):
        told = {"interaction": found.interaction, "message": found.id, "state": state.value, "error": result.error}
        events.append(tx, MessageAdvanced(at=now, **told))
    if state == SendState.SENT and number >= 0:
        part_sent(tx, row, found, number, result, now)
    elif state == SendState.UNKNOWN and number >= 0:
        allowance.count(tx, row, found)  # the provider may have counted it


def _settle_row(tx: Tx, row: Outgoing, state: SendState, error: str, now: float) -> bool:
    if state == SendState.SENT:
        return outbox.sent(tx, row.number, token=row.token, at=now)
    if state == SendState.FAILED:
        return outbox.failed(tx, row.number, token=row.token, error=error, at=now)
    return outbox.unknown(tx, row.number, token=row.token, error=error, at=now)
