"""A call's dialog at work, their side: BYE, ACK, re-INVITE, UPDATE, INFO, REFER, OPTIONS, NOTIFY.

Not here: the call's life and its owner (``call.py``), requests outside a dialog (``stack.py``).
"""

from __future__ import annotations

import logging
import random
import re
from collections.abc import Callable
from typing import TYPE_CHECKING

from eslapp.softswitch.media.dtmf import DIGITS
from eslapp.softswitch.sip.causes import parse_reason
from eslapp.softswitch.sip.compose import ALLOW, KNOWN_ELSEWHERE, METHODS, Replies
from eslapp.softswitch.sip.message import Request
from eslapp.softswitch.sip.refreshing import Refreshing
from eslapp.softswitch.sip.session import NotAcceptable
from eslapp.softswitch.sip.text import BadText, clean
from eslapp.softswitch.sip.transport import Flow

if TYPE_CHECKING:
    from eslapp.softswitch.sip.layer import Transaction

log = logging.getLogger(__name__)
NO_MEDIA = 'Q.850;cause=88;text="INCOMPATIBLE_DESTINATION"'
_SIGNAL = re.compile(rb"(?:^|\n)[ \t]*Signal[ \t]*=[ \t]*([0-9*#A-Da-d]{1,2})", re.IGNORECASE)
_DURATION = re.compile(rb"(?:^|\n)[ \t]*Duration[ \t]*=[ \t]*([0-9]{1,5})", re.IGNORECASE)


class Receiving(Refreshing):
    """Answers what comes in the dialog and tells the owner."""

    ack: Request | None
    bye: Request | None
    on_info_dtmf: Callable[[str, int], None] | None  # digit, duration in ms
    on_info: Callable[[Request], None] | None  # any INFO, before its digit
    on_hold: Callable[[], None] | None
    on_unhold: Callable[[], None] | None
    on_reoffer: Callable[[], None] | None  # a re-INVITE that neither holds nor takes a hold back
    on_refer: Callable[[str, str], bool] | None  # (Refer-To, Referred-By) -> taken, else NOTIFY 403
    on_notify: Callable[[str, bytes], None] | None  # (Event, body)

    def receive(self, request: Request, transaction: Transaction | None, flow: Flow) -> None:
        """A request in this dialog (no CANCEL); ``transaction`` None for an ACK."""
        if transaction is None:
            self._receive_ack(request)
            return
        replies = Replies(request, flow.addr)
        if self._dialog is None or not self._dialog.takes(request):
            self._ask_again_later(transaction, replies)
            return
        self._flow = Flow(flow.transport, flow.addr)  # behind NAT the peer's port may have moved
        handler = _HANDLERS.get(request.method)
        if handler is None:
            status = 405 if request.method in METHODS | KNOWN_ELSEWHERE else 501
            transaction.respond(status, replies.make(status, extra=[("Allow", ALLOW)]))
        else:
            handler(self, request, transaction, replies)

    # --- one method each ---

    def _receive_ack(self, request: Request) -> None:
        unacked = self._unacked
        if unacked is None or request.cseq != unacked.seq:
            return
        self._unacked = None
        self._stop_timer("2xx")
        is_late, self._is_answer_due = self._is_answer_due, False
        if is_late and not self._take_late_answer(request) and not unacked.is_reinvite:
            unacked.bye_reason = unacked.bye_reason or NO_MEDIA
        self.ack = request
        self._acked(unacked.is_reinvite, unacked.bye_reason)

    def _take_late_answer(self, request: Request) -> bool:
        """What the ACK says about our offer; False where that is nothing usable."""
        try:
            self._session.take_answer(request.sdp)
        except NotAcceptable as error:
            log.info("call %s: the ACK answers our offer with nothing usable: %s", self.call_id, error)
            return False
        return True

    _is_answer_due = False  # we offered in a 2xx; the ACK brings the answer

    def _receive_bye(self, request: Request, transaction: Transaction, replies: Replies) -> None:
        transaction.respond(200, replies.make(200, extra=[("Allow", ALLOW)]))
        self.bye = request
        self._ended_by_remote(parse_reason(request.get("reason")))

    def _receive_offer(self, request: Request, transaction: Transaction, replies: Replies) -> None:
        """re-INVITE and UPDATE: a new description of what is already agreed (RFC 3261 14.2, RFC 3311)."""
        is_invite = request.method == "INVITE"
        if self._is_unanswered and (is_invite or request.body):  # the first offer has no answer yet
            is_ours = self._owns_call_id
            transaction.respond(491, replies.make(491)) if is_ours else self._ask_again_later(transaction, replies)
            return
        if self._is_offering:
            transaction.respond(491, replies.make(491))
            return
        if is_invite and self._unacked is not None:  # their last one is not settled yet
            self._ask_again_later(transaction, replies)
            return
        if is_invite:
            transaction.respond(100, replies.make(100))
        was_held = self._session.is_held
        try:
            body = self._new_description(request, is_invite)
        except NotAcceptable as error:
            transaction.respond(error.status, replies.make(error.status))
            return
        assert self._dialog is not None
        self._dialog.refresh(request)
        extra = [("Contact", self._contact), ("Allow", ALLOW), *self._agree_as_server(request)]
        if body:
            extra.append(("Content-Type", "application/sdp"))
        self._tell_hold(was_held)
        packet = replies.make(200, extra=extra, body=body)
        if is_invite:
            self._send_2xx(packet, transaction, request.cseq, is_reinvite=True)
        else:
            transaction.respond(200, packet)

    def _ask_again_later(self, transaction: Transaction, replies: Replies) -> None:
        """RFC 3261 12.2.2, 14.2."""
        transaction.respond(500, replies.make(500, extra=[("Retry-After", str(random.randint(1, 10)))]))

    def _new_description(self, request: Request, is_invite: bool) -> bytes:
        if request.body:
            self._session.take_offer(request.sdp)
            return self._session.next_answer().encode()
        if is_invite:
            self._is_answer_due = True
            return self._session.offer(is_open=True).encode()
        return b""

    def _tell_hold(self, was_held: bool) -> None:
        if self._session.is_held != was_held:
            self._tell(self.on_hold if self._session.is_held else self.on_unhold)
        else:
            self._tell(self.on_reoffer)

    def _receive_info(self, request: Request, transaction: Transaction, replies: Replies) -> None:
        kind = request.get("content-type").partition(";")[0].strip().lower()
        digit, duration = read_info_digit(kind, request.body)
        status = 200 if digit or not request.body else 415
        transaction.respond(status, replies.make(status))
        self._tell(self.on_info, request)
        if digit and self.media.has_room_for_digit():
            self._tell(self.on_info_dtmf, digit, duration)

    def _receive_refer(self, request: Request, transaction: Transaction, replies: Replies) -> None:
        try:
            targets = request.elements("refer-to")
        except BadText:
            targets = []
        if len(targets) != 1:
            transaction.respond(400, replies.make(400))
            return
        self._refer_id = request.cseq
        transaction.respond(202, replies.make(202, extra=[("Contact", self._contact), ("Expires", "60")]))
        taken = self._tell(self.on_refer, clean(targets[0]), clean(request.get("referred-by")))
        if not taken:
            self._refuse_refer()

    _refer_id = 0  # the CSeq of the last REFER, RFC 3515 2.4.6

    def _receive_notify(self, request: Request, transaction: Transaction, replies: Replies) -> None:
        transaction.respond(200, replies.make(200, extra=[("Allow", ALLOW)]))
        self._tell(self.on_notify, clean(request.get("event"), 64), request.body[:4096])

    def _receive_simple(self, request: Request, transaction: Transaction, replies: Replies) -> None:
        """OPTIONS: yes, we are here."""
        transaction.respond(200, replies.make(200, extra=[("Allow", ALLOW)]))

    # --- what the call does about it ---

    @property
    def _is_unanswered(self) -> bool:
        """Its INVITE has no final answer yet."""
        return False

    def _acked(self, is_reinvite: bool, bye_reason: str | None) -> None:
        """The ACK of our 2xx came."""

    def _ended_by_remote(self, q850: int) -> None:
        """A BYE came."""

    def _refuse_refer(self) -> None:
        """Tell the referrer that nothing will come of it."""


_HANDLERS: dict[str, Callable[[Receiving, Request, Transaction, Replies], None]] = {
    "BYE": Receiving._receive_bye,
    "INVITE": Receiving._receive_offer,
    "UPDATE": Receiving._receive_offer,
    "INFO": Receiving._receive_info,
    "REFER": Receiving._receive_refer,
    "OPTIONS": Receiving._receive_simple,
    "NOTIFY": Receiving._receive_notify,
}


def read_info_digit(content_type: str, body: bytes) -> tuple[str, int]:
    """(digit, milliseconds) of application/dtmf-relay or application/dtmf; ("", 0) for anything else.

    >>> read_info_digit("application/dtmf-relay", b"Signal=5\\r\\nDuration=160\\r\\n")
    ('5', 160)
    """
    if content_type == "application/dtmf":
        digit = body[:16].strip().decode("ascii", "replace").upper()
        return (digit, 160) if len(digit) == 1 and digit in DIGITS else ("", 0)
    if content_type != "application/dtmf-relay":
        return "", 0
    signal, duration = _SIGNAL.search(body[:256]), _DURATION.search(body[:256])
    if signal is None:
        return "", 0
    digit = {"10": "*", "11": "#"}.get(signal[1].decode(), signal[1].decode().upper())
    if len(digit) != 1:
        return "", 0
    return digit, min(int(duration[1]), 10_000) if duration else 160
