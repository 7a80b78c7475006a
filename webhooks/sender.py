"""Empties the outbox: one row at a time per address, many addresses at once.

Owns: the worker loop and what each ``SendResult`` does to the rows. Not here: how a channel sends (``channels``), the
order itself (``eslapp.store.outbox.claim``).

    sender = Sender(deps, CHANNELS); sender.start(); ...; sender.stop()

A message event on the bus wakes it up; it also looks every ``POLL_S`` seconds, so a lost wake-up costs seconds only.
"""

from __future__ import annotations

from dataclasses import replace

import gevent
from gevent.event import Event as Wakeup
from gevent.pool import Pool
from gevent.queue import Empty

from eslapp.bus import Overrun
from eslapp.core.events import MessageAdvanced, MessageStored
from eslapp.log import get_log, spawn
from eslapp.store import StaleEpoch, StoreError, Tx, events, messages, outbox
from eslapp.store.messages import Message
from eslapp.store.outbox import Outgoing

from .channels.base import Channel, OutboundText, SendResult, SendState
from .deps import Deps

POLL_S = 5.0
SEND_S = 30.0  # no channel may take longer: what happened then is unknown
MAX_TRIES = 8
LONGEST_PAUSE_S = 300.0
AGAIN_S = 1.0  # after the store refused
TELLING = frozenset({SendState.FAILED, SendState.UNKNOWN})  # "sent" is what everybody expects

log = get_log("webhooks.sender")


class Sender:
    """The one outbox worker of this daemon."""

    def __init__(self, deps: Deps, channels: dict[str, Channel], *, at_once: int = 20) -> None:
        self._deps = deps
        self._channels = channels
        self._pool = Pool(at_once)
        self._wakeup = Wakeup()
        self._greenlets: list[gevent.Greenlet] = []

    def start(self) -> None:
        """Settle what an earlier daemon left half done, then work until ``stop``."""
        self._greenlets = [spawn(self._work), spawn(self._listen)]

    def stop(self, timeout: float = 2.0) -> None:
        """End the loops; a running send finishes in time or becomes ``unknown`` at the next start."""
        gevent.killall(self._greenlets, timeout=timeout)
        self._pool.join(timeout=timeout)
        self._pool.kill(block=False)

    def wake(self) -> None:
        """There may be something to send."""
        self._wakeup.set()

    def _listen(self) -> None:
        with self._deps.bus.subscribe() as inbox:
            while True:
                try:
                    _, event = inbox.get(timeout=60)
                except (Empty, Overrun):
                    continue
                if isinstance(event, MessageStored) and event.direction == "out":
                    self.wake()

    def _work(self) -> None:
        is_recovered = False
        while True:
            self._wakeup.clear()
            try:
                if not is_recovered:
                    self._recover()
                    is_recovered = True
                claimed = self._claim()
            except StoreError as error:
                log.warning("outbox-unreadable", reason=str(error))
                claimed = []
            for row in claimed:
                self._pool.spawn(self._send, row)
            if not claimed:
                self._wakeup.wait(POLL_S)

    def _claim(self) -> list[Outgoing]:
        now = self._deps.clock()
        room = self._pool.free_count()
        if room < 1:
            return []
        return self._deps.store.write(lambda tx: outbox.claim(tx, now=now, limit=room))

    def _recover(self) -> None:
        now = self._deps.clock()

        def work(tx: Tx) -> int:
            lost = outbox.recover(tx, at=now)
            for message in lost:
                _advance(tx, message, SendResult(SendState.UNKNOWN, error="the daemon ended while sending"), now)
            return len(lost)

        count = self._deps.store.write(work)
        if count:
            log.warning("outbox-recovered", unknown=count)

    def _send(self, row: Outgoing) -> None:
        try:
            message = self._deps.store.read(lambda tx: messages.get(tx, row.message))
            result = self._try(row, message) if message else SendResult(SendState.FAILED, error="no such message")
        except StoreError as error:
            result = SendResult(SendState.RETRY, error=str(error))  # it was not even tried
        self._settle_surely(row, result)
        self.wake()

    def _settle_surely(self, row: Outgoing, result: SendResult) -> None:
        """Write down what became of it, as soon as the store takes it: until then its address waits."""
        while True:
            try:
                return self._settle(row, result)
            except StaleEpoch:
                return None  # a newer daemon decides now
            except StoreError as error:
                log.warning("outbox-unwritable", outbox=row.number, reason=str(error))
                gevent.sleep(AGAIN_S)

    def _try(self, row: Outgoing, message: Message) -> SendResult:
        channel = self._channels.get(row.channel)
        if channel is None:
            return SendResult(SendState.FAILED, error=f"no channel {row.channel}")
        outgoing = OutboundText(
            message=message.id,
            account=row.account,
            address=row.address,
            text=message.text,
            options=message.options,
        )
        try:
            with gevent.Timeout(SEND_S):
                return channel.send(outgoing)
        except gevent.Timeout:
            return SendResult(SendState.UNKNOWN, error="no answer in time")
        except Exception as error:
            log.exception("channel-failed", channel=row.channel)
            return SendResult(SendState.UNKNOWN, error=type(error).__name__)

    def _settle(self, row: Outgoing, result: SendResult) -> None:
        now = self._deps.clock()
        state = result.state
        may_repeat = state == SendState.RETRY or (state == SendState.UNKNOWN and row.is_idempotent)
        if may_repeat and row.tries >= MAX_TRIES:
            state, may_repeat = SendState.FAILED, False
        pause = max(result.retry_after_s, min(LONGEST_PAUSE_S, 2.0**row.tries))

        def work(tx: Tx) -> None:
            if may_repeat:
                outbox.retry(tx, row.number, token=row.token, error=result.error, due_at=now + pause)
                return
            if _settle_row(tx, row, state, result.error, now):
                _advance(tx, row.message, replace(result, state=state), now)

        self._deps.store.write(work)


def _advance(tx: Tx, message: str, result: SendResult, now: float) -> None:
    """Move the message; what its author must know is also an event."""
    state = result.state.value
    moved = messages.advance(tx, message, state, error=result.error, provider_id=result.provider_id)
    found = messages.get(tx, message)
    if moved and found is not None and result.state in TELLING:
        events.append(
            tx,
            MessageAdvanced(at=now, interaction=found.interaction, message=message, state=state, error=result.error),
        )


def _settle_row(tx: Tx, row: Outgoing, state: SendState, error: str, now: float) -> bool:
    if state == SendState.SENT:
        return outbox.sent(tx, row.number, token=row.token, at=now)
    if state == SendState.FAILED:
        return outbox.failed(tx, row.number, token=row.token, error=error, at=now)
    return outbox.unknown(tx, row.number, token=row.token, error=error, at=now)
