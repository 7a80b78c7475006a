"""One SIP call (an INVITE dialog) as the switch's core sees it: ring, answer, hang up, hold, digits by INFO.

Not here: transactions (``transactions.py``), dialog bookkeeping (``dialog.py``), audio (``media.port``).
Methods never raise for a call that is already over: they do nothing and return False.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from eslapp.softswitch.media.port import MediaPort
    from eslapp.softswitch.sip.message import Request


class SipCall:
    """Made by the stack: given to ``listener.incoming`` or returned by ``stack.invite``.

    Assign the ``on_*`` you need; each is called on the event loop. ``on_end`` is called exactly once however the call
    ends, also (synchronously) from our own ``hangup``/``reject``; nothing is called after it.
    """

    direction: Literal["inbound", "outbound"]
    call_id: str
    request: Request  # the INVITE, received or sent: .uri .get(name) .all(name) .pairs
    from_user: str
    from_display: str  # cleaned: no control characters, no surrogates, at most 128 characters
    from_host: str
    to_user: str  # inbound: user part of the Request-URI
    remote_addr: tuple[str, int]
    local_tag: str
    remote_tag: str
    auth_user: str  # who was authenticated by digest; "" when nobody was asked
    local_sdp: str
    remote_sdp: str
    media: MediaPort
    state: Literal["calling", "ringing", "early", "answered", "over"]
    is_held: bool  # by the remote's re-INVITE

    on_progress: Callable[[int, bool], None] | None  # outbound: (180|183|.., it carried SDP and media is open)
    on_answer: Callable[[], None] | None  # outbound: 200 received and ACKed; inbound: the ACK came
    on_end: Callable[[bool, int, int], None] | None  # (by_remote, SIP code or 0 for BYE, Q.850 of its Reason or 0)
    on_info_dtmf: Callable[[str, int], None] | None  # digit, duration in ms
    on_hold: Callable[[], None] | None
    on_unhold: Callable[[], None] | None
    on_refer: Callable[[str, str], bool] | None  # (Refer-To, Referred-By) -> taken (202) or not (NOTIFY 403)

    def ring(self) -> bool:
        """180 Ringing."""

    def early_media(self) -> bool:
        """183 with SDP: audio flows from now on."""

    def answer(self) -> bool:
        """200 with SDP, repeated until the ACK comes; without one the call ends after 64*T1 (RFC 3261 13.3.1.4)."""

    def reject(
        self, code: int, *, cause_code: int = 0, cause_name: str = "", headers: dict[str, str] | None = None
    ) -> bool:
        """A final 3xx-6xx for an unanswered inbound call; BYE when it was answered already."""

    def hangup(self, cause_code: int = 16, cause_name: str = "NORMAL_CLEARING") -> bool:
        """End it as its state needs: BYE, CANCEL, or the final code FreeSWITCH gives for the cause, with its Reason."""

    def reinvite(self, direction: str = "sendrecv", on_done: Callable[[int], None] | None = None) -> bool:
        """Offer again with another direction (``sendonly``: hold); ``on_done(final code)``."""

    def send_info_dtmf(self, digit: str, duration_ms: int = 160) -> bool:
        """INFO application/dtmf-relay."""

    def notify_refer(self, code: int, phrase: str, *, is_last: bool) -> bool:
        """NOTIFY message/sipfrag about a REFER that ``on_refer`` took."""
