"""Empties the outbox: one row at a time per address, many addresses at once.

Owns: the worker loop, long texts in parts, reply windows, and what each ``SendResult`` does to the rows.
Not here: how a channel sends (``channels``), the order itself (``eslapp.store.outbox.claim``).

    sender = Sender(deps, ChannelAccounts(lambda: deps.site, deps.word)); sender.start(); ...; sender.stop()

A message event on the bus wakes it up; it also looks every ``POLL_S`` seconds, so a lost wake-up costs seconds only.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import gevent
from gevent.event import Event as Wakeup
from gevent.pool import Pool

from eslapp.core.events import Event, MessageAdvanced, MessageStored
from eslapp.log import get_log, spawn
from eslapp.outside import Blocked, TooLarge, Unreachable
from eslapp.store import StaleEpoch, StoreError, Tx, early_receipts, events, media, messages, outbox
from eslapp.store.media import Media
from eslapp.store.messages import Message
from eslapp.store.outbox import Outgoing

from . import allowance
from .channel_accounts import ChannelAccounts, Misconfigured
from .channels import CHANNELS
from .channels.base import (
    ACCOUNT_BROKEN,
    NOT_CONVERTIBLE,
    Account,
    Channel,
    NoToken,
    OutboundFile,
    OutboundText,
    SendResult,
    SendState,
    TokenRefused,
)
from .conversion import NotConvertible, fitting
from .deps import Deps
from .long_texts import parts
from .provider_tools import Tools, no_token

POLL_S = 5.0
SEND_S = 30.0  # no channel may take longer: what happened then is unknown
MAX_TRIES = 8
LONGEST_PAUSE_S = 300.0
AGAIN_S = 1.0  # after the store refused
LINKED = "link"  # the ref of a file of ours that is not sent: the words hold a link to it
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
        self._accounts = accounts
        self._tools = tools or Tools(clock=deps.clock)
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
        for event in self._deps.bus.follow("sender", self.wake):
            if _has_work(event):
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

        repeatable = [name for name in CHANNELS if _is_repeatable(name)]

        def work(tx: Tx) -> int:
            lost = outbox.recover(tx, at=now, repeatable=repeatable)
            for message in lost:
                _advance(tx, message, SendResult(SendState.UNKNOWN, error="the daemon ended while sending"), now)
            return len(lost)

        count = self._deps.store.write(work)
        if count:
            log.warning("outbox-recovered", unknown=count)

    def _send(self, row: Outgoing) -> None:
        try:
            result = self._try(row)
        except StoreError as error:
            result = SendResult(SendState.RETRY, detail=str(error))  # it was not even tried
        self._settle(row, result)
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

    def _try(self, row: Outgoing) -> SendResult:
        try:
            account = self._accounts.of(row.account)
        except Misconfigured as error:
            return SendResult(SendState.FAILED, error=ACCOUNT_BROKEN, detail=str(error))
        message = self._deps.store.read(lambda tx: messages.get(tx, row.message))
        if account is None or account.type != row.channel or message is None:
            return SendResult(SendState.FAILED, error=f"no channel {row.channel}")
        refusal = self._deps.store.read(
            lambda tx: allowance.refusal(tx, row, message, self._accounts.channel(account), self._deps.clock())
        )
        if refusal:
            return SendResult(SendState.FAILED, error=refusal)
        return self._parts(row, account, message)

    def _parts(self, row: Outgoing, account: Account, message: Message) -> SendResult:
        """All parts of a message in order; what is out already is not sent again."""
        channel = self._accounts.channel(account)
        texts = parts(message.text, channel.capabilities.text_cap, channel.capabilities.text_unit)
        result = SendResult(SendState.SENT)
        newest = self._deps.store.read(lambda tx: messages.last_inbound(tx, message.conversation))
        for number in range(row.parts_done, len(texts)):
            is_last = number == len(texts) - 1
            try:
                outgoing = self._outgoing(row, channel, message, newest, texts[number], number, is_last=is_last)
            except NotConvertible as error:
                return SendResult(SendState.FAILED, error=NOT_CONVERTIBLE, detail=str(error))
            result = self._once(channel, outgoing, account)
            if result.state != SendState.SENT or is_last:  # the last is written down with what became of it all
                return result
            self._surely(row, lambda tx, done=number + 1: _part_sent(tx, row, done))
        return result

    def _outgoing(
        self,
        row: Outgoing,
        channel: Channel,
        message: Message,
        newest: Message | None,
        text: str,
        number: int,
        *,
        is_last: bool,
    ) -> OutboundText:
        """One part; ``newest`` is what the contact said last: all parts answer the same."""
        card, template = allowance.facts_of(message, "card"), allowance.facts_of(message, "template")
        return OutboundText(
            message=message.id,
            account=row.account,
            address=row.address,
            text=text,
            part=number,
            options=message.options if is_last else (),
            files=self._files(message, channel) if is_last else (),
            card=card if is_last else {},
            template=template if is_last else {},
            is_automatic=message.author in allowance.AUTOMATIC,
            reply_to=message.reply_to,
            last_inbound=newest.provider_id if newest else "",
            last_facts=next((one["facts"] for one in newest.attachments), {}) if newest else {},
        )

    def _files(self, message: Message, channel: Channel) -> tuple[OutboundFile, ...]:
        """As the channel takes them."""
        found = self._deps.store.read(lambda tx: media.of_message(tx, message.id))
        ours = [one for one in found if one.state == "ready" and one.ref != LINKED]
        return tuple(fitting(self._file(one), channel.capabilities.takes) for one in ours)

    def _file(self, one: Media) -> OutboundFile:
        content = (self._deps.media / one.path).read_bytes()
        return OutboundFile(kind=one.kind, name=one.name, content_type=one.content_type, content=content)

    def _once(self, channel: Channel, outgoing: OutboundText, account: Account) -> SendResult:
        try:
            with gevent.Timeout(SEND_S):
                return channel.send(outgoing, account, self._tools)
        except gevent.Timeout:
            return SendResult(SendState.UNKNOWN, error="no-answer")
        except Unreachable as error:
            state = SendState.UNKNOWN if error.may_have_arrived else SendState.RETRY
            return SendResult(state, error="no-answer", detail=str(error))
        except (NoToken, TokenRefused, Blocked) as error:
            return no_token(error)
        except TooLarge as error:
            return SendResult(SendState.UNKNOWN, error="no-answer", detail=str(error))
        except Exception as error:
            log.exception("channel-failed", channel=account.type)
            return SendResult(SendState.UNKNOWN, error="internal", detail=type(error).__name__)

    def _settle(self, row: Outgoing, result: SendResult) -> None:
        now = self._deps.clock()
        state = result.state
        may_repeat = state == SendState.RETRY or (
            state == SendState.UNKNOWN and (row.is_idempotent or _is_repeatable(row.channel))
        )
        if may_repeat and row.tries >= MAX_TRIES:  # what may have arrived stays unknown
            may_repeat = False
            state = SendState.FAILED if state == SendState.RETRY else state
        pause = max(result.retry_after_s, min(LONGEST_PAUSE_S, 2.0**row.tries))

        def work(tx: Tx) -> None:
            allowance.note(tx, row, result.error, now)
            if may_repeat:
                outbox.retry(tx, row.number, token=row.token, error=result.error, due_at=now + pause)
                return
            if _settle_row(tx, row, state, result.error, now):
                if state == SendState.SENT:
                    allowance.count(tx, row)
                _advance(tx, row.message, replace(result, state=state), now)
                if state == SendState.SENT and allowance.window(tx, row) is not None:
                    _tell_sent(tx, row.message, now)

        if result.detail:
            log.warning("not-sent", outbox=row.number, state=state.value, error=result.error, detail=result.detail)
        self._surely(row, work)


def _is_repeatable(channel: str) -> bool:
    """Whether the provider drops repeats: what may have been sent is then simply sent again."""
    return channel in CHANNELS and CHANNELS[channel].capabilities.is_idempotent


def _advance(tx: Tx, message: str, result: SendResult, now: float) -> None:
    """Move the message; what its author must know is also an event."""
    state = result.state.value
    moved = messages.advance(tx, message, state, error=result.error, provider_id=result.provider_id)
    found = messages.get(tx, message)
    if found is None:
        return
    told = [(state, result.error)] if moved and result.state in TELLING else []
    if result.provider_id:
        where = {"channel": found.channel, "account": found.account, "provider_id": result.provider_id}
        for early, error in early_receipts.take(tx, **where):
            if messages.advance(tx, message, early, error=error):
                told.append((early, error))
    for reached, error in told:
        happened = MessageAdvanced(at=now, interaction=found.interaction, message=message, state=reached, error=error)
        events.append(tx, happened)


def _settle_row(tx: Tx, row: Outgoing, state: SendState, error: str, now: float) -> bool:
    if state == SendState.SENT:
        return outbox.sent(tx, row.number, token=row.token, at=now)
    if state == SendState.FAILED:
        return outbox.failed(tx, row.number, token=row.token, error=error, at=now)
    return outbox.unknown(tx, row.number, token=row.token, error=error, at=now)


def _tell_sent(tx: Tx, message: str, now: float) -> None:
    """One answer fewer is left: the agent sees it."""
    found = messages.get(tx, message)
    if found is not None:
        events.append(tx, MessageAdvanced(at=now, interaction=found.interaction, message=message, state="sent"))


def _part_sent(tx: Tx, row: Outgoing, done: int) -> None:
    outbox.part_sent(tx, row.number, token=row.token, parts=done)
    allowance.count(tx, row)
