"""Decides whether an INVITE outside a dialog becomes a call, and makes it one.

Not here: the call (``inbound.py``), general refusals (``intake.py``).
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from eslapp.softswitch import webrtc
from eslapp.softswitch.media import sdp
from eslapp.softswitch.sip import session_timer
from eslapp.softswitch.sip.causes import format_reason
from eslapp.softswitch.sip.compose import ALLOW, Replies
from eslapp.softswitch.sip.guard import source_of
from eslapp.softswitch.sip.inbound import InboundCall
from eslapp.softswitch.sip.layer import MAGIC
from eslapp.softswitch.sip.message import Request
from eslapp.softswitch.sip.transport import Flow

if TYPE_CHECKING:
    from eslapp.softswitch.sip.layer import Transaction
    from eslapp.softswitch.sip.stack import SipStack

log = logging.getLogger(__name__)
Refusal = tuple[int, list[tuple[str, str]]]
NO_OFFER, NO_CODEC = 480, 488
FLAWS = {NO_OFFER: "MANDATORY_IE_MISSING", NO_CODEC: "INCOMPATIBLE_DESTINATION"}  # of a call that never has media


def receive_invite(stack: SipStack, request: Request, transaction: Transaction, flow: Flow, replies: Replies) -> None:
    """Refuse it, or send 100 and give the call to the listener."""
    user = ""
    status, headers = _refusal(stack, request)
    if status == 0 and stack.auth_calls:
        verdict = stack.authenticator.judge(request, source_of(flow.addr), 407)
        user = verdict.user
        if not verdict.is_right:
            status, headers = verdict.status, [*verdict.headers]
    flaw = FLAWS.get(status, "") if stack.gives_flawed else ""
    if status and not flaw:
        if status == NO_CODEC:  # the offer was read first, which FreeSWITCH says by a 100
            transaction.respond(100, replies.make(100))
        transaction.respond(status, replies.make(status, stack.new_tag(), headers))
        return
    if status != NO_OFFER:
        transaction.respond(100, replies.make(100))
    try:
        media = stack.media.open_port()
    except OSError as error:
        log.error("sip: a call is refused: %s", error)
        transaction.respond(503, replies.make(503, stack.new_tag(), [("Retry-After", "5")]))
        return
    call = InboundCall(stack, request, flow, media, transaction, stack.first_seq(), flaw)
    call.auth_user = user
    stack.admit(call, transaction)
    if request.body or flaw:
        _give(stack, call)
    else:
        call.on_answer = lambda: _give(stack, call)
        call.answer()


def _give(stack: SipStack, call: InboundCall) -> None:
    try:
        stack.listener.incoming(call)
    except Exception:
        log.exception("the listener failed on a new call")
        call.reject(500, cause_code=41, cause_name="NORMAL_TEMPORARY_FAILURE")


def _refusal(stack: SipStack, request: Request) -> Refusal:
    """(0, []) when there is nothing against it. Worded as FreeSWITCH words it (480 without SDP, 488 without codec)."""
    assert request.via is not None
    if not request.get("contact") and request.via.branch.startswith(MAGIC):  # 8.1.1.8; RFC 2543 did without
        return 400, []
    if not _is_read(request):
        return 415, [("Accept", "application/sdp")]
    accepted = request.get("accept").lower()
    if accepted and "application/sdp" not in accepted and "*/*" not in accepted and "application/*" not in accepted:
        return 406, []  # it could not read our answer (RFC 4475 3.3.15)
    if len(stack.calls) >= stack.limits.calls:
        return 503, [("Retry-After", "10")]
    too_short = session_timer.refusal_of(request, stack.session_timer)
    if too_short:
        return 422, too_short
    if not request.body and stack.takes_late_offers:
        return 0, []
    if not request.body:
        return NO_OFFER, [("Allow", ALLOW), ("Reason", format_reason(96, "MANDATORY_IE_MISSING"))]
    if not _is_offer_usable(request):
        return NO_CODEC, [("Allow", ALLOW), ("Reason", format_reason(88, "INCOMPATIBLE_DESTINATION"))]
    return 0, []


def _is_offer_usable(request: Request) -> bool:
    try:
        choice = sdp.choose(sdp.parse(request.sdp))
    except sdp.SdpError as error:
        log.debug("sip: unusable offer: %s", error)
        return False
    if choice is not None and choice.web is not None and webrtc.missing():
        log.warning("sip: a browser's call is refused with 488: %s", webrtc.missing())
        return False
    return choice is not None


def _is_read(request: Request) -> bool:
    """Whether we understand the body; one that does not say what it is counts as SDP."""
    if not request.body or request.get("content-encoding"):
        return not request.body
    kind = request.get("content-type", "application/sdp").partition(";")[0].strip().lower()
    return kind == "application/sdp" or (kind.startswith("multipart/") and request.sdp != b"")
