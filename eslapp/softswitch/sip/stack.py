"""One SIP listener: takes datagrams, answers what needs no call, makes ``SipCall`` for the rest.

Not here: what a call does (``call.py``), who gets which packet (``intake.py``), retransmission (``layer.py``).

    stack = SipStack("127.0.0.1", 0, listener=switch, users=directory.credentials, domain="127.0.0.1")
    port = await stack.start()
    call = stack.invite("sip:1001@127.0.0.1:47011", ("127.0.0.1", 47011), caller_number="1000")
"""

from __future__ import annotations

import asyncio
import logging
import re
import secrets
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Protocol
from urllib.parse import quote as percent

from eslapp.softswitch import webrtc
from eslapp.softswitch.media.engine import MediaEngine
from eslapp.softswitch.sip.authentication import Authenticator, Credentials
from eslapp.softswitch.sip.call import SipCall
from eslapp.softswitch.sip.compose import Replies, check_headers
from eslapp.softswitch.sip.connection import Connection
from eslapp.softswitch.sip.dialog import request_uri
from eslapp.softswitch.sip.guard import FailureGuard, source_of
from eslapp.softswitch.sip.inbound import InboundCall
from eslapp.softswitch.sip.intake import Intake
from eslapp.softswitch.sip.invites import receive_invite
from eslapp.softswitch.sip.layer import MAGIC, Transaction, TransactionLayer
from eslapp.softswitch.sip.message import Request, Response, serialise
from eslapp.softswitch.sip.outbound import OutboundCall
from eslapp.softswitch.sip.own_hosts import OwnHosts
from eslapp.softswitch.sip.reaching import Reaching
from eslapp.softswitch.sip.registrar import Registrar
from eslapp.softswitch.sip.registration import RegisterDesk
from eslapp.softswitch.sip.session_timer import SessionTimer
from eslapp.softswitch.sip.streams import StreamHub, StreamLimits
from eslapp.softswitch.sip.text import is_header_safe
from eslapp.softswitch.sip.transactions import Timers
from eslapp.softswitch.sip.transport import Flow, Transport, UdpTransport
from eslapp.softswitch.sip.uri import Address, parse_uri

__all__ = ["Credentials", "Limits", "Listener", "SipCall", "SipStack", "Timers"]
log = logging.getLogger(__name__)
EXPIRY_EVERY_S = 1.0
PORT_ATTEMPTS = 20
GOODBYE_S = 1.0
_USER = re.compile(r"[A-Za-z0-9\-_.!~*'()&=+$,;?/#]{1,128}")


class Listener(Protocol):
    """Who takes the calls."""

    def incoming(self, call: SipCall) -> None:
        """A new inbound call: 100 was sent, its media port is open, nothing was decided. Must not block.

        An exception here ends the call with 500 and is logged.
        """


@dataclass(frozen=True)
class Limits:
    """What one stack allows; a stranger costs no more than this."""

    message_bytes: int = 65_535
    headers: int = 256
    header_bytes: int = 8_192
    calls: int = 1_000
    transactions: int = 20_000  # each stays half a minute
    requests_per_s: int = 400  # new transactions outside calls, of one source (see ``guard.source_of``)
    requests_in_call_per_s: int = 100  # new transactions inside one call
    auth_failures_per_min: int = 10
    ban_s: float = 900.0
    bindings: int = 10_000
    streams: StreamLimits = StreamLimits()


class SipStack(Reaching):
    """See the module; constructing opens nothing."""

    def __init__(
        self,
        bind_host: str,
        port: int,
        *,
        listener: Listener,
        domain: str,
        users: Callable[[str], Credentials | None],
        rtp_ports: tuple[int, int] = (0, 0),
        advertise_host: str = "",
        auth_calls: bool = False,
        limits: Limits | None = None,
        timers: Timers | None = None,
        session_timer: SessionTimer | None = None,
        media: MediaEngine | None = None,
        contact_user: str = "zongji",
        user_agent: str = "",
        tcp: bool = False,
        ws: tuple[str, int] | None = None,
        extensions: tuple[str, ...] = (),
        takes_late_offers: bool = False,
        gives_flawed: bool = False,
    ) -> None:
        """``port`` 0: any free one. ``rtp_ports`` (low, high) inclusive, (0, 0): any free pair. ``domain``: the realm.

        ``auth_calls``: challenge each INVITE outside a dialog (407), as FreeSWITCH's parameter of that name.
        ``user_agent`` "" sends none: scanners learn nothing. ``tcp``: listen there too, at the same port.
        ``ws``: listen for WebSockets at this (host, port). ``session_timer``: without one, calls are not asked after.
        ``extensions``: option tags that the listener understands besides the stack's own (``replaces``).
        ``takes_late_offers``: an INVITE without SDP is answered at once with our offer (FreeSWITCH's ``enable-3pcc``).
        ``gives_flawed``: the listener gets, and ends, calls that can never have media (``SipCall.flaw``), too.
        """
        self.listener = listener
        self.domain = domain
        self.auth_calls = auth_calls
        self.takes_late_offers = takes_late_offers
        self.gives_flawed = gives_flawed
        self.limits = limits or Limits()
        self.timers = timers or Timers()
        self.session_timer = session_timer or SessionTimer()
        self.media = media if media is not None else MediaEngine(bind_host, rtp_ports)
        self.registrar = Registrar(self.limits.bindings)
        self.guard = FailureGuard(self.limits.auth_failures_per_min, self.limits.ban_s)
        self.authenticator = Authenticator(domain, users, self.guard, time.monotonic)
        self.desk = RegisterDesk(self.registrar, self.authenticator, time.time)
        self.calls: dict[tuple[str, str], SipCall] = {}  # by (Call-ID, our tag)
        self.inviting: dict[Transaction, InboundCall] = {}
        self.extra_headers = [("User-Agent", user_agent)] if user_agent else []
        self.extensions = frozenset(extensions)
        self.supported = [("Supported", ", ".join(extensions))] if extensions else []
        self.ws_port = 0  # once it listens
        self._bind = (bind_host, port)
        self._has_tcp, self._ws = tcp, ws
        self._advertise_host = advertise_host
        self._contact_user = contact_user
        self._own_hosts = OwnHosts()
        self._expiry: asyncio.TimerHandle | None = None

    # --- life ---

    async def start(self) -> int:
        """Bind and return the port, the same for UDP and TCP. OSError names the address when it is in use."""
        self.loop = asyncio.get_running_loop()
        self.layer = TransactionLayer(self.timers)
        self.intake = Intake(self)
        self.streams = StreamHub(
            self.intake.packet,
            limits=self.limits.streams,
            is_banned=lambda addr: self.guard.is_banned(source_of(addr), time.monotonic()),
            on_lost=self.layer.lost,
        )
        try:
            self.port = await self._open()
        except OSError:
            self.streams.close()
            self._transport.close()
            raise
        self._expire()
        return self.port

    async def _open(self) -> int:
        """UDP, TCP at the same port, WebSocket."""
        host, wanted = self._bind
        for attempt in range(PORT_ATTEMPTS):
            self._transport = UdpTransport(self.intake.packet, self.layer.unreachable)
            port = self._transport.open(host, wanted)
            try:
                if self._has_tcp:
                    await self.streams.listen("TCP", host, port)
                break
            except OSError:  # the free UDP port is somebody's TCP port
                if wanted or attempt == PORT_ATTEMPTS - 1:
                    raise
                self._transport.close()
        if self._ws is not None:
            self.ws_port = await self.streams.listen("WS", *self._ws)
        return port

    async def connect(self, kind: str, addr: tuple[str, int]) -> Connection:
        """A connection of ours ("TCP", "WS") for ``invite`` and ``ask``; OSError when there is none."""
        return await self.streams.connect(kind, addr)

    async def stop(self) -> None:
        """End every call (BYE, CANCEL, 503), close the sockets. At most a second."""
        for call in list(self.calls.values()):
            call.hangup(41, "NORMAL_TEMPORARY_FAILURE") if call.state != "answered" else call.hangup()
        deadline = self.loop.time() + min(GOODBYE_S, 2 * self.timers.t1)
        while self.layer.is_asking and self.loop.time() < deadline:
            await asyncio.sleep(0.01)
        self.vanish()

    def vanish(self) -> None:
        """Close everything and say nothing to anybody, as if the power went."""
        if self._expiry is not None:
            self._expiry.cancel()
        for call in list(self.calls.values()):
            call.abandon()
        self.layer.close()
        self.streams.close()
        self._transport.close()

    def _expire(self) -> None:
        self.registrar.expire(time.time())
        self._expiry = self.loop.call_later(EXPIRY_EVERY_S, self._expire)

    # --- calls of ours ---

    def invite(
        self,
        target_uri: str,
        route_addr: tuple[str, int],
        *,
        caller_name: str = "",
        caller_number: str = "",
        headers: Mapping[str, str] | None = None,
        call_id: str | None = None,
        login: tuple[str, str] | None = None,
        over: Transport | None = None,
        web: bool | None = None,
        max_forwards: int = 70,
        session_timer: SessionTimer | None = None,
        codecs: tuple[str, ...] = (),
    ) -> SipCall:
        """Send an INVITE with our offer (PCMU, PCMA, telephone-event) to ``route_addr``; the call comes back at once.

        It goes ``over`` this transport, else over the connection its phone registered by, else over UDP.
        ``web``: offer WebRTC; unless said, to whoever came to us by WebSocket: that is a browser.

        ``login`` (user, password) may answer one digest challenge; without it 401 and 407 end the call.
        ``session_timer``: instead of the stack's. ``codecs``: no others are offered or taken.
        ValueError for text that cannot stand in a header (line ends, controls) or an unusable URI.
        OSError when no RTP port is free or the phone's connection is gone.
        """
        request = self._request("INVITE", target_uri, caller_name, caller_number, headers or {}, call_id, max_forwards)
        flow = Flow(over or self.transport_to(request.uri, route_addr), route_addr)
        user = caller_number if login is not None and _USER.fullmatch(caller_number) else self._contact_user
        contact = f"<{self.contact(user, flow)}>"
        is_web = flow.is_browser if web is None else web
        if is_web and webrtc.missing():
            log.warning("a browser's phone is called with plain RTP: %s", webrtc.missing())
            is_web = False
        call = OutboundCall(
            self, request, flow, self.media.open_port(), contact=contact, login=login, is_web=is_web, codecs=codecs
        )
        call.session_timer = session_timer or self.session_timer
        self.calls[call.key] = call
        call.start()
        return call

    def _request(
        self,
        method: str,
        target: str,
        name: str,
        number: str,
        headers: Mapping[str, str],
        call_id: str | None,
        max_forwards: int,
    ) -> Request:
        """A request outside a dialog, without Via, Contact and body."""
        uri = request_uri(target)
        if not is_header_safe(name) or not is_header_safe(number) or not is_header_safe(call_id or ""):
            raise ValueError("the caller's name or number holds control characters")
        user = number if _USER.fullmatch(number) else percent(number or "anonymous", safe="")[:128]
        caller = Address(parse_uri(f"sip:{user}@{self.domain}"), name[:128], {"tag": self.new_tag()})
        to = Address(parse_uri(f"sip:{uri.user}@{self.domain}")) if method == "REGISTER" else Address(uri)
        request = Request(method=method, uri=uri, from_=caller, to=to, cseq=self.first_seq(), cseq_method=method)
        request.call_id = call_id or f"{secrets.token_hex(12)}@{self._bind[0]}"
        request.pairs = [
            ("Max-Forwards", str(max_forwards)),
            ("From", str(caller)),
            ("To", str(to)),
            ("Call-ID", request.call_id),
            ("CSeq", f"{request.cseq} {method}"),
            *check_headers(headers),
        ]
        return request

    def ask(
        self,
        method: str,
        target_uri: str,
        route_addr: tuple[str, int],
        pairs: list[tuple[str, str]],
        on_final: Callable[[Response | None], None],
        over: Transport | None = None,
    ) -> None:
        """A request outside a dialog with the headers given (From, To, Call-ID, CSeq.. are the caller's business).

        ``on_final`` gets the final response, None when nothing came within 64*T1.
        """
        flow = Flow(over or self._transport, route_addr)
        branch = self.new_branch()
        transaction = self.layer.open_client(method, branch, flow)

        def answered(response: Response, _: Flow) -> None:
            if response.status >= 200:
                on_final(response)

        transaction.on_response = answered
        transaction.on_timeout = lambda: on_final(None)
        via = ("Via", f"SIP/2.0/{flow.transport.name} {self.sent_by(flow)};rport;branch={branch}")
        transaction.start(serialise(f"{method} {target_uri} SIP/2.0", [via, *pairs, *self.extra_headers]))

    # --- for intake and calls (``host.CallHost``) ---

    def receive_invite(self, request: Request, transaction: Transaction, flow: Flow, replies: Replies) -> None:
        """An INVITE outside a dialog that nothing general speaks against."""
        receive_invite(self, request, transaction, flow, replies)

    def admit(self, call: InboundCall, transaction: Transaction) -> None:
        """Hold a new inbound call."""
        self.calls[call.key] = call
        self.inviting[transaction] = call

    def release(self, call: SipCall) -> None:
        """Forget a call that needs no more messages."""
        self.calls.pop(call.key, None)
        if isinstance(call, InboundCall):
            self.inviting.pop(call.transaction, None)

    def new_tag(self) -> str:
        """64 random bits: a tag, a cnonce."""
        return secrets.token_hex(8)

    def new_branch(self) -> str:
        """A fresh branch with the magic cookie."""
        return MAGIC + secrets.token_hex(8)

    def first_seq(self) -> int:
        """Where a dialog's numbers begin."""
        return 1 + secrets.randbelow(2**27)
