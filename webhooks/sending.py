"""Sends one message of the outbox, piece by piece: each is written down before the next goes out.

Owns: which pieces are still to go, what the channel is told of each, what an answer or its absence means.
Not here: the worker, tries and pauses (``sender``), the cut (``pieces``), windows and quotas (``allowance``).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import gevent

from eslapp.log import get_log
from eslapp.outside import Blocked, TooLarge, Unreachable
from eslapp.store import Tx, media, messages, outbox, sent_parts
from eslapp.store.media import Media
from eslapp.store.messages import Message
from eslapp.store.outbox import Outgoing

from . import allowance, file_answers
from .channel_accounts import ChannelAccounts, Misconfigured
from .channels.access import NoToken, TokenRefused
from .channels.base import Account, Channel, OutboundFile, OutboundText, SendResult, SendState
from .channels.refusals import ACCOUNT_BROKEN, NOT_CONVERTIBLE, NOT_SUPPORTED
from .conversion import NotConvertible, fitting
from .deps import Deps
from .media_worker import keep
from .pace import Paces
from .pieces import Piece, pieces
from .provider_tools import Tools, no_token

SEND_S = 30.0  # no channel may take longer: what happened then is unknown
LINKED = "link"  # the ref of a file of ours that is not sent: the words hold a link to it

log = get_log("webhooks.sending")

Surely = Callable[[Outgoing, Callable[[Tx], None]], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """A message as its channel takes it; ``rest`` are the numbers of the pieces that are not out yet."""

    account: Account
    channel: Channel
    message: Message
    pieces: list[Piece[Media]]
    rest: list[int]
    failures: dict[int, int]  # of pieces that were taken once and failed after all
    is_late: bool  # the window is over: only a person may still answer
    newest: Message | None  # what the contact said last: all pieces answer the same


class Sending:
    """One per worker. ``surely`` writes down what became of a piece, as soon as the store takes it."""

    def __init__(self, deps: Deps, accounts: ChannelAccounts, tools: Tools, surely: Surely, paces: Paces) -> None:
        self._deps = deps
        self._accounts = accounts
        self._tools = tools
        self._surely = surely
        self._paces = paces

    def send(self, row: Outgoing) -> tuple[SendResult, int]:
        """Try all pieces that are not out, in order; what became of the last one that was tried, and its number.

        Those before it are written down as sent. Number -1: nothing was tried.
        """
        try:
            account = self._accounts.of(row.account)
        except Misconfigured as error:
            return SendResult(SendState.FAILED, error=ACCOUNT_BROKEN, detail=str(error)), -1
        plan = self._deps.store.read(lambda tx: self._plan(tx, row, account)) if account else None
        if plan is None:
            return SendResult(SendState.FAILED, error=f"no channel {row.channel}"), -1
        refusal = self._refusal(row, plan)
        if refusal:
            return SendResult(SendState.FAILED, error=refusal), -1
        return self._rest(row, plan)

    def _plan(self, tx: Tx, row: Outgoing, account: Account) -> Plan | None:
        message = messages.get(tx, row.message)
        if message is None or account.type != row.channel:
            return None
        channel = self._accounts.channel(account)
        files = [one for one in media.of_message(tx, message.id) if one.state == "ready" and one.ref != LINKED]
        is_worded = bool(allowance.facts_of(message, "card") or allowance.facts_of(message, "template"))
        found = pieces(message.text, files, channel.capabilities, is_worded=is_worded)
        known = allowance.window(tx, row)
        done = sent_parts.out(tx, message.id)
        return Plan(
            account=account,
            channel=channel,
            message=message,
            pieces=found,
            rest=[number for number in range(len(found)) if number not in done],
            failures=sent_parts.failures(tx, message.id),
            is_late=known is not None and self._deps.clock() >= known.expires_at,
            newest=messages.last_inbound(tx, message.conversation),
        )

    def _refusal(self, row: Outgoing, plan: Plan) -> str:
        """Why nothing of it may go out, told before anything does: no half answers."""
        taken = allowance.sends(plan.channel, self._deps.settings.public_url)
        if any(file.kind not in taken for piece in plan.pieces for file in piece.files):
            return NOT_SUPPORTED
        if len(plan.pieces) != row.parts:
            self._deps.store.write(lambda tx: outbox.plan(tx, row.number, parts=len(plan.pieces)))
        now = self._deps.clock()
        return self._deps.store.read(
            lambda tx: allowance.refusal(tx, row, plan.message, plan.channel, now, parts=len(plan.rest))
        )

    def _rest(self, row: Outgoing, plan: Plan) -> tuple[SendResult, int]:
        try:
            ready = [self._outgoing(row, plan, number) for number in plan.rest]  # all, before the first goes out
        except NotConvertible as error:
            return SendResult(SendState.FAILED, error=NOT_CONVERTIBLE, detail=str(error)), -1
        result, number = SendResult(SendState.SENT), -1
        for outgoing in ready:
            number = outgoing.part
            self._in_time(row, plan.channel)
            if outgoing is not ready[0]:
                self._surely(row, lambda tx: outbox.between(tx, row.number, token=row.token, is_between=False))
            result = self._once(plan.channel, outgoing, plan.account)
            if result.state != SendState.SENT or outgoing is ready[-1]:
                break  # the last is written down with what became of it all
            self._surely(row, self._note(row, plan.message, number, result))
        return result, number

    def _note(self, row: Outgoing, message: Message, number: int, result: SendResult) -> Callable[[Tx], None]:
        def work(tx: Tx) -> None:
            part_sent(tx, row, message, number, result, self._deps.clock())
            outbox.between(tx, row.number, token=row.token, is_between=True)

        return work

    def _in_time(self, row: Outgoing, channel: Channel) -> None:
        """As fast as the provider lets us write to the address."""
        pace, place = channel.capabilities.pace, (row.channel, row.account, row.address)
        while pace is not None and (wait := self._paces.wait_s(place, pace, self._deps.monotonic())):
            gevent.sleep(wait)

    def _outgoing(self, row: Outgoing, plan: Plan, number: int) -> OutboundText:
        """One piece; the last has the options, the card or the template."""
        message, piece, newest = plan.message, plan.pieces[number], plan.newest
        last: dict[str, Any] = {}
        if number == len(plan.pieces) - 1:
            last = {"options": message.options}
            last |= {kind: allowance.facts_of(message, kind) for kind in ("card", "template")}
        return OutboundText(
            message=message.id,
            account=row.account,
            address=row.address,
            text=piece.text,
            part=number,
            failures=plan.failures.get(number, 0),
            files=tuple(self._file(one, plan.channel) for one in piece.files),
            is_automatic=message.author in allowance.AUTOMATIC,
            is_again=row.is_again and number == plan.rest[0],
            written_at=message.created_at,
            is_late=plan.is_late,
            reply_to=message.reply_to,
            last_inbound=newest.provider_id if newest else "",
            last_facts=next((one["facts"] for one in newest.attachments), {}) if newest else {},
            **last,
        )

    def _file(self, one: Media, channel: Channel) -> OutboundFile:
        """As the channel takes it."""
        content = (self._deps.media / one.path).read_bytes()
        file = OutboundFile(kind=one.kind, name=one.name, content_type=one.content_type, content=content)
        fit = fitting(file, channel.capabilities.takes)
        if not channel.capabilities.is_fetching:
            return fit
        if fit is not file:
            keep(self._deps.media, file_answers.as_sent(one).path.rpartition("/")[2], fit.content)
        return replace(fit, url=file_answers.link(self._deps, one, is_as_sent=fit is not file))

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


def part_sent(tx: Tx, row: Outgoing, message: Message, number: int, result: SendResult, at: float) -> None:
    """The provider took one piece, and counts it."""
    sent_parts.sent(tx, message, number, provider_id=result.provider_id, at=at)
    allowance.count(tx, row, message)
    sent_parts.tell(tx, message.id, at=at)
