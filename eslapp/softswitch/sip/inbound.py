"""A call that came to us: its INVITE's server side, from 100 Trying to the 2xx or the refusal.

Not here: what is shared with calls of ours (``call.py``), whether we take the call at all (``stack.py``).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from eslapp.softswitch.sip.call import NORMAL_CLEARING, SipCall
from eslapp.softswitch.sip.causes import format_reason, parse_reason, sip_code
from eslapp.softswitch.sip.compose import ALLOW, Replies, check_headers
from eslapp.softswitch.sip.dialog import Dialog
from eslapp.softswitch.sip.message import Request
from eslapp.softswitch.sip.text import is_header_safe
from eslapp.softswitch.sip.transport import Flow

if TYPE_CHECKING:
    from eslapp.softswitch.media.port import MediaPort
    from eslapp.softswitch.sip.host import CallHost
    from eslapp.softswitch.sip.layer import Transaction

PROVISIONAL_EVERY_S = 60.0  # RFC 3261 13.3.1.1: keeps proxies from giving up
ORIGINATOR_CANCEL = 487
MAX_PHRASE = 128
MAX_CONTACT = 4_096


class InboundCall(SipCall):
    """See ``SipCall``; the offer was found usable before it is made, or ``flaw`` says with which cause it will end.
    Without an offer the 200 offers, the ACK answers.
    """

    direction = "inbound"

    def __init__(
        self,
        host: CallHost,
        request: Request,
        flow: Flow,
        media: MediaPort,
        transaction: Transaction,
        first_seq: int,
        flaw: str = "",
    ) -> None:
        super().__init__(host, request, flow, media)
        self.flaw = flaw
        user = f"{self.to_user}@" if self.to_user else ""
        self._contact = f"<sip:{user}{host.sent_by(flow)};transport={flow.transport.name.lower()}>"
        self.transaction = transaction
        self._replies = Replies(request, flow.addr)
        self._dialog = Dialog.of_server(request, self.local_tag, first_seq)
        self._is_answer_due = not request.body
        if request.body and not flaw:
            self._session.take_offer(request.sdp)
        elif request.body:
            self._session.remote = request.sdp.decode("utf-8", "replace")
        self._has_media = False

    def ring(self) -> bool:
        """180 Ringing."""
        if self.state != "calling":
            return False
        self.state = "ringing"
        self._provisional(180, b"")
        return True

    def early_media(self) -> bool:
        """183 with SDP: audio flows from now on."""
        if self.state not in ("calling", "ringing"):
            return False
        self.state = "early"
        self._provisional(183, self._description())
        return True

    def answer(self) -> bool:
        """200 with SDP."""
        if self.state in ("answered", "over"):
            return False
        self.state = "answered"
        self._stop_timer("provisional")
        extra = [("Contact", self._contact), ("Allow", ALLOW), ("Content-Type", "application/sdp")]
        extra += [*self._host.supported, *self._agree_as_server(self.request), *self._host.extra_headers]
        packet = self._replies.make(200, self.local_tag, extra, self._description())
        self._send_2xx(packet, self.transaction, self.request.cseq, is_reinvite=False)
        return True

    def reject(
        self,
        code: int,
        *,
        cause_code: int = 0,
        cause_name: str = "",
        headers: dict[str, str] | None = None,
        phrase: str = "",
        contact: str = "",
    ) -> bool:
        """A final answer 300-699; ValueError for another code or headers that cannot be sent."""
        if not 300 <= code <= 699:
            raise ValueError(f"{code} does not refuse a call")
        extra = check_headers(headers or {})
        if self.state in ("answered", "over"):
            return super().reject(code, cause_code=cause_code, cause_name=cause_name)
        if cause_code:
            extra.append(("Reason", format_reason(cause_code, cause_name)))
        if is_header_safe(contact) and contact:
            extra.append(("Contact", contact[:MAX_CONTACT]))
        self._refuse(code, extra, phrase if is_header_safe(phrase) else "")
        self._over(False, code, cause_code)
        self._release()
        return True

    def cancel(self, request: Request) -> None:
        """The caller gave up before the answer (9.2); too late after it."""
        if self.state in ("answered", "over"):
            return
        self._refuse(487, [])
        self._over(True, 487, parse_reason(request.get("reason")) or ORIGINATOR_CANCEL)
        self._release()

    def _description(self) -> bytes:
        """The answer to the INVITE's offer: the same in 183 and 200."""
        if not self._has_media:
            self._has_media = True
            self._session.offer() if self._is_answer_due else self._session.answer()
        return self._session.local.encode()

    def _provisional(self, status: int, body: bytes) -> None:
        extra = [("Contact", self._contact), ("Allow", ALLOW), *self._host.supported, *self._host.extra_headers]
        if body:
            extra.append(("Content-Type", "application/sdp"))
        packet = self._replies.make(status, self.local_tag, extra, body)
        self._repeat_provisional(status, packet)

    def _repeat_provisional(self, status: int, packet: bytes) -> None:
        self.transaction.respond(status, packet)
        self._later("provisional", PROVISIONAL_EVERY_S, self._repeat_provisional, status, packet)

    def _refuse(self, code: int, extra: list[tuple[str, str]], phrase: str = "") -> None:
        headers = [("Allow", ALLOW), *self._host.extra_headers, *extra]
        self.transaction.respond(code, self._replies.make(code, self.local_tag, headers, phrase=phrase[:MAX_PHRASE]))

    def _hangup_early(self, cause_code: int, reason: str) -> None:
        code = 480 if cause_code == NORMAL_CLEARING else sip_code(cause_code)
        self._refuse(code, [("Reason", reason)])
        self._over(False, code, cause_code)
        self._release()

    def _ended_by_remote(self, q850: int) -> None:
        """A BYE; in an early dialog the INVITE still needs its final answer (15.1.2)."""
        if self.state not in ("answered", "over"):
            self._refuse(487, [])
        super()._ended_by_remote(q850)
