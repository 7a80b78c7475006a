"""Takes what the network brings: guards, parses, and gives each message to its transaction, call or desk.

Nothing that comes in can raise out of ``packet``; a stranger's rubbish costs little time and one small answer at most.
Not here: what a call does with its requests (``receiving.py``), sockets (``transport.py``).
"""

from __future__ import annotations

import hashlib
import logging
import secrets
from typing import TYPE_CHECKING

from eslapp.softswitch.sip.compose import ALLOW, KNOWN_ELSEWHERE, METHODS, Replies, response_addr
from eslapp.softswitch.sip.guard import RateGuard, source_of
from eslapp.softswitch.sip.message import Malformed, ParseLimits, Request, Response, parse
from eslapp.softswitch.sip.text import BadText
from eslapp.softswitch.sip.transactions import event_of
from eslapp.softswitch.sip.transport import Addr, Flow

if TYPE_CHECKING:
    from eslapp.softswitch.sip.call import SipCall
    from eslapp.softswitch.sip.layer import Transaction
    from eslapp.softswitch.sip.stack import SipStack

log = logging.getLogger(__name__)
MALFORMED_PER_S = 50
QUIET_S = 1.0
NEEDS_DIALOG = frozenset({"BYE", "INFO", "UPDATE", "REFER", "NOTIFY", "PRACK"})


class Intake:
    """One per stack."""

    def __init__(self, stack: SipStack) -> None:
        limits = stack.limits
        self._stack = stack
        self._parse_limits = ParseLimits(limits.message_bytes, limits.headers, limits.header_bytes)
        self._requests = RateGuard(limits.requests_per_s)
        self._in_calls = RateGuard(limits.requests_in_call_per_s)
        self._rubbish = RateGuard(MALFORMED_PER_S)
        self._quiet: dict[Addr, float] = {}
        self._secret = secrets.token_bytes(16)
        self.counts = {"malformed": 0, "dropped": 0, "requests": 0, "responses": 0}

    def packet(self, packet: bytes, flow: Flow) -> None:
        """One datagram (or framed message)."""
        now = self._stack.loop.time()
        if self._quiet and self._quiet.get(flow.addr, 0.0) > now:
            self.counts["dropped"] += 1
            return
        if not packet.strip(b"\r\n\0 "):
            return  # keep-alive
        try:
            message = parse(packet, self._parse_limits)
        except Malformed as error:
            self._malformed(error, flow, now)
            return
        if isinstance(message, Response):
            self._response(message, flow)
        else:
            self._request(message, flow, now)

    # --- rubbish and answers ---

    def _malformed(self, error: Malformed, flow: Flow, now: float) -> None:
        self.counts["malformed"] += 1
        if not self._rubbish.take(flow.addr, now):
            if len(self._quiet) > 1000:
                self._quiet.clear()
            self._quiet[flow.addr] = now + QUIET_S
            return
        request = error.partial
        if request is None or request.method == "ACK" or error.status == 0 or not _is_answerable(request):
            return
        packet = Replies(request, flow.addr).make(error.status, self._stack.new_tag())
        flow.transport.send(packet, response_addr(request, flow.addr))

    def _response(self, response: Response, flow: Flow) -> None:
        self.counts["responses"] += 1
        if len(response.elements("via")) != 1:
            return  # 8.1.3.3: not for us
        transaction = self._stack.layer.find_client(response)
        if transaction is not None:
            transaction.step(event_of(response.status), response=response, flow=flow)

    # --- requests ---

    def _request(self, request: Request, flow: Flow, now: float) -> None:
        self.counts["requests"] += 1
        layer = self._stack.layer
        known = layer.find_server(request)
        if known is not None and (request.method != "ACK" or known.state != "accepted"):
            known.step("request" if request.method != "ACK" else "ack")
            return
        call = self._find_call(request)
        if request.method == "ACK":
            if call is not None:
                call.receive(request, None, flow)
            return
        is_unwelcome = not self._in_calls.take(call.key, now) if call else self._is_unwelcome(request, flow, now)
        if is_unwelcome:
            self.counts["dropped"] += 1
            return
        back = Flow(flow.transport, response_addr(request, flow.addr))
        if request.method == "CANCEL":
            self._cancel(request, back, flow)
            return
        is_merged = request.method == "INVITE" and call is None and layer.is_merged(request)
        if call is None and not is_merged and self._refused_at_once(request, back):
            return
        transaction = layer.open_server(request, back)
        if is_merged:
            transaction.respond(482, Replies(request, flow.addr).make(482, self._stack.new_tag()))
        elif call is not None:
            call.receive(request, transaction, flow)
        else:
            self._outside(request, transaction, flow)

    def _refused_at_once(self, request: Request, back: Flow) -> bool:
        """A refusal that asks nobody keeps no transaction (8.2.7): a flood of these costs no memory.

        Nor does what comes when there are too many transactions: it is not answered at all.
        """
        if len(self._stack.layer) >= self._stack.limits.transactions:
            self.counts["dropped"] += 1
            return True
        status, headers = self._refusal(request)
        if status:
            back.send(Replies(request, back.addr).make(status, self._tag_of(request), headers))
        return status != 0

    def _tag_of(self, request: Request) -> str:
        """The same for a repetition, as nothing else remembers it."""
        said = f"{request.via}|{request.call_id}|{request.cseq}".encode("utf-8", "surrogatepass")
        return hashlib.blake2b(said, key=self._secret, digest_size=8).hexdigest()

    def _find_call(self, request: Request) -> SipCall | None:
        assert request.to is not None and request.from_ is not None
        if not request.to.tag:
            return self._unanswered_call(request) if request.method == "BYE" else None
        call = self._stack.calls.get((request.call_id, request.to.tag))
        if call is not None and call.remote_tag and call.remote_tag != request.from_.tag:
            return None
        return call

    def _unanswered_call(self, request: Request) -> SipCall | None:
        """A caller may end with BYE what it has no tag of ours for yet (RFC 3261 15; sofia-sip takes it too)."""
        assert request.from_ is not None
        for call in self._stack.calls.values():
            if call.call_id == request.call_id and call.direction == "inbound" and call.state in ("ringing", "early"):
                return call if call.remote_tag == request.from_.tag else None
        return None

    def _is_unwelcome(self, request: Request, flow: Flow, now: float) -> bool:
        """Too many requests, or a ban: not heard where a password could be tried; its registered phones still are."""
        if not self._requests.take(source_of(flow.addr), now):
            return True
        is_guess = self._stack.auth_calls or bool(request.get("proxy-authorization"))
        if request.method == "INVITE" and not is_guess:
            return False
        assert request.to is not None
        is_phone = self._stack.registrar.is_at(request.to.uri.user, flow.addr)
        return not is_phone and self._stack.guard.is_banned(source_of(flow.addr), now)

    def _cancel(self, request: Request, back: Flow, flow: Flow) -> None:
        """9.2: 200 when there is a transaction to cancel, 481 otherwise."""
        invite = self._stack.layer.find_server(request, "INVITE")
        transaction = self._stack.layer.open_server(request, back)
        replies = Replies(request, flow.addr)
        call = self._stack.inviting.get(invite) if invite is not None else None
        if invite is None:
            transaction.respond(481, replies.make(481, self._stack.new_tag()))
            return
        transaction.respond(200, replies.make(200, call.local_tag if call is not None else self._stack.new_tag()))
        if call is not None:
            call.cancel(request)

    def _outside(self, request: Request, transaction: Transaction, flow: Flow) -> None:
        """A request that belongs to no call."""
        assert request.to is not None
        replies = Replies(request, flow.addr)
        status, headers = 0, list[tuple[str, str]]()
        if request.method == "MESSAGE":
            verdict = self._stack.authenticator.judge(request, source_of(flow.addr), 407)
            status, headers = (405, [("Allow", ALLOW)]) if verdict.is_right else (verdict.status, [*verdict.headers])
        if status:
            transaction.respond(status, replies.make(status, self._stack.new_tag(), headers))
        elif request.method == "REGISTER":
            self._stack.desk.receive(request, transaction, flow, self._stack.new_tag())
        elif request.method == "OPTIONS":
            headers = [("Accept", "application/sdp"), ("Allow", ALLOW), *self._stack.supported]
            transaction.respond(200, replies.make(200, self._stack.new_tag(), headers))
        else:
            self._stack.receive_invite(request, transaction, flow, replies)

    def _refusal(self, request: Request) -> tuple[int, list[tuple[str, str]]]:
        """What is wrong with a request before anybody looks at what it wants (8.2.1 - 8.2.3); (0, []) for nothing."""
        method = request.method
        if method not in METHODS and method not in KNOWN_ELSEWHERE:
            return 501, [("Allow", ALLOW)]
        if (request.to is not None and request.to.tag) or method in NEEDS_DIALOG:
            return 481, []
        if not request.uri.is_sip and (method != "INVITE" or not request.uri.user):
            return 416, []
        try:
            required = request.elements("require")
        except BadText:
            return 400, []
        understood = self._stack.extensions | ({"timer"} if self._stack.session_timer.is_known else set())
        unknown = [option for option in required if option.lower() not in understood]
        if unknown:
            return 420, [("Unsupported", ", ".join(unknown[:10]))]
        if method in ("SUBSCRIBE", "PUBLISH"):
            return 405, [("Allow", ALLOW)]
        return 0, []


def _is_answerable(request: Request) -> bool:
    return all(request.get(name) for name in ("via", "from", "to", "call-id", "cseq"))
