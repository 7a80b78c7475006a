"""One SIP call (an INVITE dialog) as the switch's core sees it: ring, answer, hang up, hold, digits by INFO.

What both directions share; ``inbound.py`` and ``outbound.py`` have the rest, ``receiving.py`` what comes in the dialog.
Not here: transactions (``layer.py``), dialog bookkeeping (``dialog.py``), audio (``media.port``).
Methods never raise for a call that is already over: they do nothing and return False.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Literal

from eslapp.softswitch.sip.causes import format_reason
from eslapp.softswitch.sip.in_dialog import Unacked
from eslapp.softswitch.sip.message import Request, Response
from eslapp.softswitch.sip.receiving import Receiving
from eslapp.softswitch.sip.transport import Flow

if TYPE_CHECKING:
    from eslapp.softswitch.media.port import MediaPort
    from eslapp.softswitch.sip.host import CallHost

State = Literal["calling", "ringing", "early", "answered", "over"]
NORMAL_CLEARING = 16
NORMAL_TEMPORARY_FAILURE = 41
INCOMPATIBLE_DESTINATION = 88
RECOVERY_ON_TIMER_EXPIRE = 102


class SipCall(Receiving):
    """Made by the stack: given to ``listener.incoming`` or returned by ``stack.invite``.

    Assign the ``on_*`` you need; each is called on the event loop. ``on_end`` is called exactly once however the call
    ends, also (synchronously) from our own ``hangup``/``reject``; nothing is called after it.
    """

    direction: Literal["inbound", "outbound"]
    is_loopback = False  # see ``softswitch.loopback``
    flaw = ""  # inbound: the cause that the call ends with as soon as it needs media; neither answer nor 183 then

    def __init__(self, host: CallHost, request: Request, flow: Flow, media: MediaPort) -> None:
        super().__init__(host, request, flow, media)
        assert request.from_ is not None and request.to is not None
        self.request = request  # the INVITE, received or sent: .uri .get(name) .all(name) .pairs .shown()
        self.from_user = request.from_.uri.user
        self.from_display = request.from_.shown  # cleaned: no control characters, at most 128 characters
        self.from_host = request.from_.uri.host
        self.to_user = request.uri.user
        self.remote_addr = flow.addr
        self.came_by = flow.transport.name.lower()  # "udp", "tcp", "ws": whatever its Via says
        self.auth_user = ""  # who was authenticated by digest; "" when nobody was asked
        self.heard: Response | None = None  # outbound: the last answer to the INVITE
        self.ack: Request | None = None  # theirs, the last one
        self.bye: Request | None = None  # theirs
        self.state: State = "calling"
        self.on_progress: Callable[[int, bool], None] | None = None  # outbound: (180|183.., it opened media)
        self.on_answer: Callable[[], None] | None = None  # outbound: 200 came; inbound: the ACK of ours came
        self.on_end: Callable[[bool, int, int], None] | None = None  # (by_remote, SIP code or 0 for BYE, Q.850 or 0)
        self.on_info_dtmf = None
        self.on_info = None
        self.on_hold = None
        self.on_unhold = None
        self.on_reoffer = None
        self.on_reacked: Callable[[], None] | None = None  # the ACK of a re-INVITE of theirs came
        self.on_refer = None
        self.on_notify = None

    # --- what can be asked ---

    @property
    def remote_tag(self) -> str:
        """The other side's tag, "" before it has one."""
        return self._dialog.remote_tag if self._dialog else ""

    @property
    def remote_seq(self) -> int:
        """The number of their last request in the dialog."""
        return self._dialog.remote_seq if self._dialog else self.request.cseq

    @property
    def codecs(self) -> tuple[str, ...]:
        """What plain RTP may be coded with."""
        return self._session.codecs

    @property
    def local_sdp(self) -> str:
        """What we said last."""
        return self._session.local

    @property
    def remote_sdp(self) -> str:
        """What the other side said last."""
        return self._session.remote

    @property
    def own_address(self) -> str:
        """Our Contact in this call."""
        return self._contact

    @property
    def remote_direction(self) -> str:
        """The direction the other side wrote last: ``sendonly`` or ``inactive`` when it holds us."""
        return self._session.remote_direction

    @property
    def is_held(self) -> bool:
        """The remote put us on hold."""
        return self._session.is_held

    @property
    def key(self) -> tuple[str, str]:
        """(Call-ID, our tag): how in-dialog requests find the call."""
        return self.call_id, self.local_tag

    @property
    def _is_unanswered(self) -> bool:
        return self.state in ("calling", "ringing", "early")

    # --- what can be done (the directions override what differs) ---

    def ring(self) -> bool:
        """Inbound: 180 Ringing."""
        return False

    def early_media(self) -> bool:
        """Inbound: 183 with SDP; audio flows from now on."""
        return False

    def answer(self) -> bool:
        """Inbound: 200 with SDP, repeated until the ACK comes; without one the call ends after 64*T1 (13.3.1.4)."""
        return False

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
        """Inbound: a final 3xx-6xx before the answer; BYE when it was answered already. ``contact``: where else."""
        return self.hangup(cause_code or NORMAL_CLEARING, cause_name or "NORMAL_CLEARING")

    def hangup(self, cause_code: int = NORMAL_CLEARING, cause_name: str = "NORMAL_CLEARING") -> bool:
        """End it as its state needs: BYE, CANCEL, or the final code FreeSWITCH gives the cause, with its Reason."""
        if self.state == "over":
            return False
        reason = format_reason(cause_code, cause_name)
        if self.state != "answered":
            self._hangup_early(cause_code, reason)
        elif self._unacked is not None and not self._unacked.is_reinvite:
            self._unacked.bye_reason = reason  # RFC 3261 15: no BYE before the ACK
            self._over(False, 0, cause_code)
        else:
            self._send_bye(reason)
            self._over(False, 0, cause_code)
        return True

    def reinvite(self, direction: str = "sendrecv", on_done: Callable[[int], None] | None = None) -> bool:
        """Offer again with another direction (``sendonly``: hold); ``on_done(final code)``. 491 is retried."""
        if self.state != "answered" or self._is_offering or self._unacked is not None:
            return False
        self._offer_again(direction, on_done)
        return True

    def send_info_dtmf(self, digit: str, duration_ms: int = 160) -> bool:
        """INFO application/dtmf-relay."""
        body = f"Signal={digit}\r\nDuration={duration_ms}\r\n".encode()
        return self.send_request("INFO", [("Content-Type", "application/dtmf-relay")], body)

    def notify_refer(self, code: int, phrase: str, *, is_last: bool) -> bool:
        """NOTIFY message/sipfrag about a REFER that ``on_refer`` took."""
        state = "terminated;reason=noresource" if is_last else "active;expires=60"
        headers = [
            ("Event", f"refer;id={self._refer_id}"),
            ("Subscription-State", state),
            ("Content-Type", "message/sipfrag;version=2.0"),
        ]
        return self.send_request("NOTIFY", headers, f"SIP/2.0 {code} {phrase}\r\n".encode())

    def send_request(
        self,
        method: str,
        headers: list[tuple[str, str]] | None = None,
        body: bytes = b"",
        on_final: Callable[[int], None] | None = None,
    ) -> bool:
        """A request in the answered call's dialog; ``on_final(status)``, 408 when nothing came."""
        if self.state != "answered" or self._dialog is None:
            return False
        self._send(method, headers or [], body, on_final)
        return True

    # --- what the stack brings ---

    def cancel(self, request: Request) -> None:
        """A CANCEL that fits our INVITE transaction came (inbound)."""

    def abandon(self) -> None:
        """The stack stops: over and forgotten, whatever was still to be sent."""
        self._over(False, 503, NORMAL_TEMPORARY_FAILURE)
        self._release()

    # --- endings ---

    def _hangup_early(self, cause_code: int, reason: str) -> None:
        """The direction's own way to end an unanswered call."""

    def _send_bye(self, reason: str) -> None:
        """BYE, and the stack may forget the call: the transaction goes on by itself."""
        if self._dialog is not None:
            self._send("BYE", [("Reason", reason)] if reason else [])
        self._release()

    def _ended_by_remote(self, q850: int) -> None:
        self._over(True, 0, q850)
        self._release()

    def _lost(self, status: int) -> None:
        self._over(False, status, RECOVERY_ON_TIMER_EXPIRE if status == 408 else NORMAL_TEMPORARY_FAILURE)
        self._send_bye("")

    def _media_lost(self) -> None:
        if self.state == "answered":
            self._lost(408)
        else:
            self.hangup(RECOVERY_ON_TIMER_EXPIRE, "RECOVERY_ON_TIMER_EXPIRE")

    def _never_acked(self, unacked: Unacked) -> None:
        self._over(False, 408, RECOVERY_ON_TIMER_EXPIRE)
        self._send_bye(unacked.bye_reason or format_reason(RECOVERY_ON_TIMER_EXPIRE, "RECOVERY_ON_TIMER_EXPIRE"))

    def _acked(self, is_reinvite: bool, bye_reason: str | None) -> None:
        if bye_reason is not None:
            self._over(False, 488, INCOMPATIBLE_DESTINATION)  # unless it is over already
            self._send_bye(bye_reason)
        else:
            self._tell(self.on_reacked if is_reinvite else self.on_answer)

    def _refuse_refer(self) -> None:
        self.notify_refer(403, "Forbidden", is_last=True)

    def _over(self, by_remote: bool, code: int, q850: int) -> None:
        """The call is over for its owner; its transactions may still have to finish."""
        if self.state == "over":
            return
        self.state = "over"
        self.media.close()
        on_end = self.on_end
        self.on_progress = self.on_answer = self.on_end = None
        self.on_info_dtmf = self.on_hold = self.on_unhold = self.on_refer = self.on_notify = None
        self.on_info = self.on_reoffer = self.on_reacked = None
        self._tell(on_end, by_remote, code, q850)

    def _release(self) -> None:
        """Nothing is left to do: the stack forgets the call."""
        if not self._is_released:
            self._is_released = True
            for handle in self._timers.values():
                handle.cancel()
            self._timers.clear()
            self._host.release(self)
