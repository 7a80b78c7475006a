"""A call's dialog at work, our side: sends requests in it, offers again, repeats 2xx until they are acknowledged.

Not here: the dialog's memory (``dialog.py``), requests that come (``receiving.py``), the call's life (``call.py``).
"""

from __future__ import annotations

import asyncio
import logging
import random
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from eslapp.softswitch.sip.dialog import Dialog
from eslapp.softswitch.sip.message import Request, Response, serialise
from eslapp.softswitch.sip.session import MediaSession, NotAcceptable
from eslapp.softswitch.sip.transport import Flow

if TYPE_CHECKING:
    from eslapp.softswitch.media.port import MediaPort
    from eslapp.softswitch.sip.host import CallHost
    from eslapp.softswitch.sip.layer import Transaction

log = logging.getLogger(__name__)
Pair = tuple[str, str]
OnFinal = Callable[[int], None]
MAX_GLARE = 3


@dataclass
class Unacked:
    """A 2xx to an INVITE that waits for its ACK (RFC 3261 13.3.1.4)."""

    seq: int
    packet: bytes
    transaction: Transaction
    interval: float
    deadline: float
    is_reinvite: bool
    bye_reason: str | None = None  # a BYE waits until the ACK came


class InDialog:
    """The part of a call that knows its dialog. ``SipCall`` is the whole."""

    def __init__(self, host: CallHost, request: Request, flow: Flow, media: MediaPort) -> None:
        local_host, _ = host.local_address(flow)
        self.call_id = request.call_id
        self.local_tag = host.new_tag()
        self.media = media
        self.session_timer = host.session_timer  # may be changed before the answer, or before the INVITE goes out
        self._host = host
        self._flow = flow
        self._dialog: Dialog | None = None
        self._session = MediaSession(media, local_host.strip("[]"), flow.addr[0], media.ssrc)
        self._session.on_lost = self._media_lost
        self._contact = ""
        self._timers: dict[str, asyncio.TimerHandle] = {}
        self._unacked: Unacked | None = None
        self.reoffer_answer: Response | None = None  # what the other side said to our last re-INVITE
        self._is_offering = False  # a re-INVITE of ours is under way
        self._is_released = False

    # --- requests of ours ---

    def _send(self, method: str, headers: list[Pair], body: bytes = b"", on_final: OnFinal | None = None) -> None:
        """A non-INVITE request; ``on_final`` gets the status, 408 when no answer came."""
        transaction, packet, _ = self._build(method, headers, body)

        def answered(response: Response, _: Flow) -> None:
            if response.status >= 200:
                self._tell(on_final, response.status)

        transaction.on_response = answered
        transaction.on_timeout = lambda: self._tell(on_final, 408)
        transaction.start(packet)

    def _build(self, method: str, headers: list[Pair], body: bytes, *, seq: int = 0) -> tuple[Transaction, bytes, int]:
        assert self._dialog is not None
        self._find_way()
        seq = seq or self._dialog.next_seq()
        flow = Flow(self._flow.transport, self._dialog.next_hop(self._flow.addr))
        branch = self._host.new_branch()
        return self._host.layer.open_client(method, branch, flow), self._bytes(method, seq, branch, headers, body), seq

    def _find_way(self) -> None:
        """A call outlives its connection (RFC 3261 18, RFC 7118): the phone has come back by another, or we call it."""
        if self._flow.transport.is_lost and self._dialog is not None:
            self._flow = self._host.way_to(self._dialog.target, self._flow)

    def _bytes(self, method: str, seq: int, branch: str, headers: list[Pair], body: bytes = b"") -> bytes:
        assert self._dialog is not None
        uri, head = self._dialog.head(method, seq)
        via = ("Via", f"SIP/2.0/{self._flow.transport.name} {self._host.sent_by(self._flow)};rport;branch={branch}")
        pairs = [via, *head, ("Contact", self._contact), *self._host.extra_headers, *headers]
        return serialise(f"{method} {uri} SIP/2.0", pairs, body)

    def _send_ack(self, seq: int) -> bytes:
        """The ACK of a 2xx: a transaction of its own that nobody answers; the bytes, to send it again."""
        assert self._dialog is not None
        self._find_way()
        packet = self._bytes("ACK", seq, self._host.new_branch(), [])
        self._flow.transport.send(packet, self._dialog.next_hop(self._flow.addr))
        return packet

    # --- offering again ---

    def _offer_again(self, direction: str, on_done: OnFinal | None, glares: int = 0) -> None:
        self._is_offering = True
        body = (self._session.offer(direction) if direction else self._session.offer_again()).encode()
        headers = [("Content-Type", "application/sdp"), *self._timer_headers()]
        transaction, packet, seq = self._build("INVITE", headers, body)
        head = packet.partition(b"\r\n")[0]

        def answered(response: Response, _: Flow) -> None:
            if response.status < 200:
                return
            if response.status < 300:
                self._reoffer_accepted(response, seq, on_done, is_as_it_was=not direction)
            elif response.status == 491 and glares < MAX_GLARE:
                self._is_offering = False
                delay = random.uniform(2.1, 4.0) if self._owns_call_id else random.uniform(0.0, 2.0)  # RFC 3261 14.1
                scale = self._host.timers.t1 / 0.5
                self._later("glare", delay * scale, self._retry_offer, direction, on_done, glares + 1)
            else:
                self._reoffer_failed(response.status, on_done)

        transaction.make_ack = lambda response: plain_ack(head, packet, response)
        transaction.on_response = answered
        transaction.on_timeout = lambda: self._reoffer_failed(
            transaction.failure, on_done, is_gone=not (direction and transaction.flow.transport.is_lost)
        )  # a phone whose connection broke may come back by another: only a session's proof cannot wait for that
        transaction.start(packet)

    def _retry_offer(self, direction: str, on_done: OnFinal | None, glares: int) -> None:
        if not self._is_offering and not self._is_released:
            self._offer_again(direction, on_done, glares)

    def _reoffer_accepted(
        self, response: Response, seq: int, on_done: OnFinal | None, *, is_as_it_was: bool = False
    ) -> None:
        assert self._dialog is not None
        was_first, self._is_offering = self._is_offering, False
        self._dialog.refresh(response)
        self.reoffer_answer = response
        if was_first:
            try:
                self._session.take_answer(response.sdp, is_as_it_was=is_as_it_was)
            except NotAcceptable as error:
                log.info("call %s: the answer to our re-INVITE is unusable: %s", self.call_id, error)
        self._send_ack(seq)
        if was_first:
            self._agree_as_client(response)
            self._tell(on_done, response.status)

    def _reoffer_failed(self, status: int, on_done: OnFinal | None, *, is_gone: bool = False) -> None:
        self._is_offering = False
        self._tell(on_done, status)
        if is_gone or status in (408, 481):  # 12.2.1.2: the dialog is gone
            self._lost(status)

    @property
    def _owns_call_id(self) -> bool:
        """We made the Call-ID."""
        return False

    def _timer_headers(self) -> list[Pair]:
        """What an offer of ours says about the session timer."""
        return []

    def _agree_as_client(self, response: Response) -> None:
        """The other side has accepted an offer of ours."""

    def _lost(self, status: int) -> None:
        """The other side does not know this dialog any more."""

    def _media_lost(self) -> None:
        """The media of the other side is gone for good."""

    # --- 2xx of ours ---

    def _send_2xx(self, packet: bytes, transaction: Transaction, seq: int, *, is_reinvite: bool) -> None:
        timers = self._host.timers
        deadline = self._host.loop.time() + timers.give_up
        self._unacked = Unacked(seq, packet, transaction, timers.t1, deadline, is_reinvite)
        transaction.respond(200, packet)
        self._later("2xx", timers.t1, self._repeat_2xx)

    def _repeat_2xx(self) -> None:
        unacked = self._unacked
        if unacked is None:
            return
        left = unacked.deadline - self._host.loop.time()
        if left <= 0:
            self._unacked = None
            self._never_acked(unacked)
            return
        transport = self._flow.transport
        transport.send(unacked.packet, unacked.transaction.flow.addr)
        unacked.interval = min(2 * unacked.interval, self._host.timers.t2)
        self._later("2xx", min(unacked.interval, left), self._repeat_2xx)

    def _never_acked(self, unacked: Unacked) -> None:
        """64*T1 went by without the ACK."""

    # --- timers and callbacks ---

    def _later(self, name: str, delay: float, callback: Callable[..., None], *args: object) -> None:
        """A timer of this call; one per name."""
        self._stop_timer(name)
        self._timers[name] = self._host.loop.call_later(delay, callback, *args)

    def _stop_timer(self, name: str) -> None:
        handle = self._timers.pop(name, None)
        if handle is not None:
            handle.cancel()

    def _tell(self, callback: Callable[..., Any] | None, *args: object) -> Any:
        """Call the owner; its exception is logged and stays here."""
        if callback is None:
            return None
        try:
            return callback(*args)
        except Exception:
            log.exception("a callback of call %s failed", self.call_id)
            return None


def plain_ack(request_line: bytes, invite: bytes, response: Response) -> bytes:
    """The ACK of a final answer that is no 2xx: same branch and request line as the INVITE (17.1.1.3)."""
    kept = []
    for line in invite.partition(b"\r\n\r\n")[0].split(b"\r\n")[1:]:
        name = line.partition(b":")[0].lower()
        if name in (b"via", b"from", b"call-id", b"max-forwards", b"route"):
            kept.append(line)
        elif name == b"cseq":
            kept.append(line.replace(b"INVITE", b"ACK"))
    to = f"To: {response.get('to')}".encode("utf-8", "surrogateescape")
    start = request_line.replace(b"INVITE ", b"ACK ", 1)
    return b"\r\n".join([start, *kept, to, b"Content-Length: 0\r\n\r\n"])
