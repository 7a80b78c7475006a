"""A call of ours: its INVITE's client side, from the offer to the ACK, with CANCEL, forks and a digest challenge.

Not here: what is shared with calls that come (``call.py``).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from eslapp.softswitch.sip import session_timer
from eslapp.softswitch.sip.call import NORMAL_TEMPORARY_FAILURE, RECOVERY_ON_TIMER_EXPIRE, SipCall
from eslapp.softswitch.sip.causes import parse_reason
from eslapp.softswitch.sip.dialog import Dialog
from eslapp.softswitch.sip.digest import answer_challenge
from eslapp.softswitch.sip.in_dialog import plain_ack
from eslapp.softswitch.sip.layer import Transaction
from eslapp.softswitch.sip.message import Request, Response, serialise
from eslapp.softswitch.sip.session import NotAcceptable
from eslapp.softswitch.sip.transport import Flow

if TYPE_CHECKING:
    from eslapp.softswitch.media.port import MediaPort
    from eslapp.softswitch.sip.host import CallHost

Pair = tuple[str, str]
MANDATORY_IE_MISSING = 96


class OutboundCall(SipCall):
    """See ``SipCall``; ``start`` sends the INVITE."""

    direction = "outbound"

    def __init__(
        self,
        host: CallHost,
        request: Request,
        flow: Flow,
        media: MediaPort,
        *,
        contact: str,
        login: tuple[str, str] | None,
        is_web: bool = False,
        codecs: tuple[str, ...] = (),
    ) -> None:
        """``request`` lacks Via, Contact and the body. ``login`` (user, password) may answer one 401 or 407.

        ``is_web``: a browser is called, so the offer is WebRTC's. ``codecs``: nothing else is spoken.
        """
        super().__init__(host, request, flow, media)
        self._session.is_web = is_web
        self._session.codecs = codecs or self._session.codecs
        self._contact = contact
        self._login = login
        self._has_login = login is not None
        self._local = request.get("from")
        self.local_tag = request.from_.tag if request.from_ else ""
        self._seq = request.cseq
        self._transaction: Transaction | None = None
        self._branch = ""
        self._cancel_reason: str | None = None  # we want out
        self._was_cancelled = False
        self._ack = b""
        self._forks: dict[str, bytes] = {}
        self._at_least_s = 0  # what a 422 asked for

    @property
    def _owns_call_id(self) -> bool:
        return True

    def start(self) -> None:
        """Offer and send."""
        self._send_invite(self._session.offer().encode(), [])

    def _send_invite(self, body: bytes, more: list[Pair]) -> None:
        self._branch = self._host.new_branch()
        packet = self._invite_bytes("INVITE", [*self._host.extra_headers, *more], body)
        transaction = self._host.layer.open_client("INVITE", self._branch, self._flow)
        line = packet.partition(b"\r\n")[0]
        transaction.make_ack = lambda response: plain_ack(line, packet, response)
        transaction.on_response = self._received
        transaction.on_timeout = self._timed_out
        if self._transaction is not None:
            self._transaction.on_response = None  # challenged: its late answers have another CSeq
        self._transaction = transaction
        transaction.start(packet)

    def _invite_bytes(self, method: str, more: list[Pair], body: bytes = b"") -> bytes:
        """The INVITE, or the CANCEL that belongs to it (9.1: same Via, no tag on To)."""
        via = f"SIP/2.0/{self._flow.transport.name} {self._host.sent_by(self._flow)};rport;branch={self._branch}"
        pairs = [("Via", via)]
        for name, value in self.request.pairs:
            low = name.lower()
            if low == "cseq":
                value = f"{self._seq} {method}"
            if method == "INVITE" or low in ("max-forwards", "from", "to", "call-id", "cseq", "route"):
                pairs.append((name, value))
        if method == "INVITE":
            pairs += [("Contact", self._contact), ("Content-Type", "application/sdp")]
            pairs += self._host.supported
            pairs += session_timer.offered(self.session_timer, at_least_s=self._at_least_s)
        return serialise(f"{method} {self.request.uri.text} SIP/2.0", pairs + more, body)

    # --- answers ---

    def _received(self, response: Response, flow: Flow) -> None:
        self.heard = response
        if response.status < 200:
            self._progress(response)
        elif response.status < 300:
            self._accepted(response)
        else:
            self._refused(response)

    def _progress(self, response: Response) -> None:
        if self._cancel_reason is not None:
            self._send_cancel()
            return
        if response.status == 100 or self.state == "over":
            return
        self._early_dialog(response)
        opened = self._open_early(response) if response.body else False
        if not opened and self.state == "calling":
            self.state = "ringing"
        self._tell(self.on_progress, response.status, opened)

    def _open_early(self, response: Response) -> bool:
        try:
            self._session.take_answer(response.sdp)
        except NotAcceptable:
            return False
        self.state = "early"
        return True

    def _early_dialog(self, response: Response) -> None:
        """Remember who rings: INFO and BYE in the early dialog find us."""
        if response.to is not None and response.to.tag:
            self._dialog = Dialog.of_client(response, self._local, self.local_tag, self.request.uri, self._seq)

    def _accepted(self, response: Response) -> None:
        tag = response.to.tag if response.to else ""
        if self.state == "answered" or self._ack:
            self._again(response, tag)
            return
        self._dialog = Dialog.of_client(response, self._local, self.local_tag, self.request.uri, self._seq)
        self._ack = self._send_ack(self._seq)
        if self.state == "over":  # the answer crossed our CANCEL, or comes after a refusal: nobody stays in a call
            self._send_bye("")
            return
        if not response.body and self.state != "early":
            self._send_bye('SIP;cause=488;text="Incomplete offer/answer"')
            self._over(False, 500, NORMAL_TEMPORARY_FAILURE)
            return
        try:
            self._session.take_answer(response.sdp)
        except NotAcceptable:
            if response.body:
                self._send_bye('Q.850;cause=88;text="INCOMPATIBLE_DESTINATION"')
                self._over(False, 488, 88)
                return
        self.state = "answered"
        self._agree_as_client(response)
        self._tell(self.on_answer)

    def _again(self, response: Response, tag: str) -> None:
        """A repeated 2xx gets its ACK again; one of another fork is acknowledged and hung up (13.2.2.4)."""
        assert self._dialog is not None
        if tag == self._dialog.remote_tag:
            self._flow.transport.send(self._ack, self._dialog.next_hop(self._flow.addr))
            return
        ours, is_first = self._dialog, tag not in self._forks
        self._dialog = Dialog.of_client(response, self._local, self.local_tag, self.request.uri, self._seq)
        self._forks[tag] = self._send_ack(self._seq)
        if is_first and len(self._forks) <= 8:
            self._send("BYE", [])
        self._dialog = ours

    def _refused(self, response: Response) -> None:
        if response.status in (401, 407) and self._login is not None and self._answer_challenge(response):
            return
        if response.status == 422 and self._ask_for_longer(session_timer.shortest_of(response)):
            return
        if _challenge(response) and not self._has_login:  # FreeSWITCH ends it itself, without credentials
            self._over(False, response.status, MANDATORY_IE_MISSING)
        else:
            self._over(True, response.status, parse_reason(response.get("reason")))
        self._release()

    def _answer_challenge(self, response: Response) -> bool:
        login, self._login = self._login, None  # once
        if login is None or self._cancel_reason is not None:
            return False
        answer = answer_challenge(
            _challenge(response),
            user=login[0],
            password=login[1],
            method="INVITE",
            uri=self.request.uri.text,
            cnonce=self._host.new_tag(),
        )
        if answer is None:
            return False
        self._seq += 1
        header = "Authorization" if response.status == 401 else "Proxy-Authorization"
        self._send_invite(self._session.local.encode(), [(header, answer)])
        return True

    def _ask_for_longer(self, at_least_s: int) -> bool:
        """Once more with the session interval that a 422 asks for (RFC 4028 7.3)."""
        if at_least_s <= self._at_least_s or self._cancel_reason is not None or not self.session_timer.wanted_s:
            return False
        self._at_least_s = at_least_s
        self._seq += 1
        self._send_invite(self._session.local.encode(), [])
        return True

    def _timed_out(self) -> None:
        status = self._transaction.failure if self._transaction is not None else 408
        self._over(status == 503, status, 0 if status == 503 else RECOVERY_ON_TIMER_EXPIRE)
        self._release()

    # --- giving up ---

    def _hangup_early(self, cause_code: int, reason: str) -> None:
        """CANCEL, as soon as a provisional answer allows it; whatever comes then is cleared away."""
        self._cancel_reason = reason
        if self._transaction is not None and self._transaction.state == "proceeding":
            self._send_cancel()
        self._later("cancelled", self._host.timers.give_up, self._give_up)
        self._over(False, 487, cause_code)

    def _send_cancel(self) -> None:
        if self._was_cancelled or self._cancel_reason is None:
            return
        self._was_cancelled = True
        self._later("cancelled", self._host.timers.give_up, self._give_up)  # 9.1: from the CANCEL on
        cancel = self._host.layer.open_client("CANCEL", self._branch, self._flow)
        cancel.start(self._invite_bytes("CANCEL", [("Reason", self._cancel_reason)]))

    def _give_up(self) -> None:
        if self._transaction is not None:
            self._transaction.end()
        self._release()


def _challenge(response: Response) -> str:
    """What a 401 or 407 asks for; "" where nothing is asked."""
    name = {401: "www-authenticate", 407: "proxy-authenticate"}.get(response.status, "")
    return response.get(name) if name else ""
