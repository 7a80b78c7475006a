"""Between a media port and its UDP socket when a browser is at the other end: ICE-lite, DTLS, SRTP.

Looks like the socket to the port (``media.wiring``). Works in the port's tick: nothing wakes the loop, a flood is read
in bounded portions. Until a check with our password came from an address, nothing from there is looked at; until the
keys stand, no audio passes in either direction.
Not here: the handshake (``dtls.py``), the checks' bytes (``stun.py``).
"""

from __future__ import annotations

import logging
import secrets
import socket
import string
from collections import deque
from collections.abc import Callable
from typing import Any

import pylibsrtp

from eslapp.softswitch.media.counters import Counters
from eslapp.softswitch.media.port import MediaPort
from eslapp.softswitch.media.rtcp import MAX_PACKET as MAX_RTCP
from eslapp.softswitch.media.sdp import Choice, WebPeer
from eslapp.softswitch.media.websdp import LocalWeb
from eslapp.softswitch.webrtc import opus, stun
from eslapp.softswitch.webrtc.dtls import DtlsError, Handshake, own_fingerprint

log = logging.getLogger(__name__)
Addr = tuple[str, int]
ALPHABET = string.ascii_letters + string.digits
READS = 16  # per call of recvfrom, of what is not audio
FOREIGN_BEFORE_WALL = 64  # in one tick
CONSENT_TICKS = 1_500  # 30 s without a check: the browser is gone (RFC 7675)
NOTHING = BlockingIOError("nothing there")


class SecureWire:
    """One call's. ``on_lost`` is called once when the browser has fallen silent."""

    def __init__(self, raw: socket.socket, counters: Counters) -> None:
        self.rtcp = MuxedRtcp(self)
        self.on_lost: Callable[[], None] | None = None
        self.ufrag, self.pwd = _credentials()
        self._before = ("", "")  # the credentials until the browser began anew: its checks may be under way
        self.peer: Addr | None = None  # nominated by ICE
        self.is_secure = False
        self._raw = raw
        self._counters = counters
        self._checked: Addr | None = None
        self._handshake: Handshake | None = Handshake()
        self._expected: WebPeer | None = None
        self._named: Addr = ("0.0.0.0", 9)  # what the port knows the far end by
        self._protect: Any = None
        self._open: Any = None
        self._decoder: opus.Decoder | None = None
        self._encoder: opus.Encoder | None = None
        self._quiet_ticks = 0
        self._foreign = 0
        self._is_walled = False

    @classmethod
    def between(cls, port: MediaPort) -> SecureWire:
        """Put one between this port and its socket."""
        made: list[SecureWire] = []

        def make(raw: socket.socket, counters: Counters) -> SecureWire:
            made.append(cls(raw, counters))
            return made[0]

        port.take_wire(make)
        return made[0]

    # --- what the description needs and brings ---

    def local(self, host: str, port: int, ssrc: int) -> LocalWeb:
        """Our side of the description."""
        return LocalWeb(host, port, self.ufrag, self.pwd, own_fingerprint(), ssrc)

    def expect(self, choice: Choice) -> None:
        """The browser's side; a later description may not change who it is."""
        if choice.web is None:
            return
        if self._expected is not None and self._expected.fingerprint != choice.web.fingerprint:
            log.warning("webrtc: the far end changed its certificate in the middle of a call, it is not listened to")
            return
        if self._expected is not None and self._expected.ufrag != choice.web.ufrag:  # ICE begins anew (RFC 8839 4.4.1)
            self._before = (self.ufrag, self.pwd)
            self.ufrag, self.pwd = _credentials()
        self._quiet_ticks = 0 if self._expected is None else self._quiet_ticks
        self._expected = choice.web
        self._named = choice.remote or self._named
        self._secure()

    def codec_for(self, choice: Choice) -> tuple[opus.Encoder, opus.Decoder] | None:
        """See ``Wire``; a coder lives as long as the call."""
        if choice.codec != "OPUS":
            return None
        if self._encoder is None or self._decoder is None or self._decoder.payload_type != choice.payload_type:
            self._encoder, self._decoder = opus.Encoder(), opus.Decoder(choice.payload_type)
        return self._encoder, self._decoder

    # --- the socket the port sees ---

    def tick(self) -> None:
        """See ``Wire``."""
        self._foreign = 0
        self._quiet_ticks += 1
        if self._handshake is not None and not self.is_secure:
            self._handshake.tick()
            self._flush()
        if self._quiet_ticks >= CONSENT_TICKS and self._expected is not None:
            lost, self.on_lost = self.on_lost, None
            if lost is not None:
                lost()

    def recvfrom(self, size: int) -> tuple[bytes, Addr]:
        """The next RTP packet, opened; OSError when there is none."""
        for _ in range(READS):
            packet, source = self._raw.recvfrom(size)
            rtp = self._sort(packet, source[:2])
            if rtp:
                return rtp, self._named
        raise NOTHING

    def sendto(self, packet: bytes, _addr: object) -> int:
        """To whom ICE nominated, protected; dropped while there are no keys."""
        if self.peer is None or self._protect is None:
            return 0
        return self._raw.sendto(self._protect.protect(packet), self.peer)

    def send_rtcp(self, packet: bytes) -> int:
        """The same for RTCP."""
        if self.peer is None or self._protect is None:
            return 0
        return self._raw.sendto(self._protect.protect_rtcp(packet), self.peer)

    def connect(self, _addr: object) -> None:
        """A wall is not the port's to build here: the far end may move."""

    def close(self) -> None:
        """Give the socket back."""
        self.on_lost = None
        self._handshake = None
        self._raw.close()

    # --- what comes (RFC 7983: the first byte tells) ---

    def _sort(self, packet: bytes, source: Addr) -> bytes:
        first = packet[0] if packet else 255
        if first < 4:
            self._take_check(packet, source)
        elif source not in (self.peer, self._checked):
            self._count_foreign()
        elif 20 <= first < 64:
            self._take_dtls(packet)
        elif 128 <= first < 192 and self._open is not None and len(packet) > 12:
            return self._take_media(packet)
        return b""

    def _count_foreign(self) -> None:
        """A flood: the kernel keeps strangers away, until the next restart of ICE would come from elsewhere."""
        self._counters.foreign += 1
        self._foreign += 1
        if self._foreign >= FOREIGN_BEFORE_WALL and self.is_secure and not self._is_walled and self.peer is not None:
            log.warning("rtp: strangers flood a browser's call, only %s is let in", self.peer)
            self._is_walled = True
            self._raw.connect(self.peer)

    def _take_check(self, packet: bytes, source: Addr) -> None:
        for ufrag, pwd in ((self.ufrag, self.pwd), self._before):
            request = stun.read_request(packet, pwd) if ufrag else None
            if request is not None and request.username.partition(":")[0] == ufrag:
                break
        else:
            self._count_foreign()
            return
        self._quiet_ticks = 0
        self._checked = source
        if request.is_nominating or self.peer is None:
            self.peer = source
        self._send_raw(stun.write_answer(request, source, pwd), source)

    def _take_dtls(self, datagram: bytes) -> None:
        if self._handshake is None:
            return
        try:
            self._handshake.feed(datagram)
        except DtlsError as error:
            log.info("webrtc: DTLS with %s ended: %s", self.peer, error)
            self._handshake = None
            return
        self._flush()
        self._secure()

    def _flush(self) -> None:
        if self._handshake is not None and self._checked is not None:
            for datagram in self._handshake.take_out():
                self._send_raw(datagram, self.peer or self._checked)

    def _secure(self) -> None:
        """Once both are there, the handshake and the fingerprint, the keys come into force."""
        handshake, expected = self._handshake, self._expected
        if self.is_secure or handshake is None or not handshake.is_done or expected is None:
            return
        if not handshake.is_from(expected.algorithm, expected.fingerprint):
            log.warning("webrtc: %s shows another certificate than its SDP named, it gets no audio", self.peer)
            self._handshake = None
            return
        try:
            self._protect, self._open = handshake.sessions()
        except DtlsError as error:
            log.warning("webrtc: no audio with %s: %s", self.peer, error)
            self._handshake = None
            return
        self.is_secure = True

    def _take_media(self, packet: bytes) -> bytes:
        is_rtcp = 192 <= packet[1] <= 223
        try:
            if not is_rtcp:
                return bytes(self._open.unprotect(packet))
            self.rtcp.came(bytes(self._open.unprotect_rtcp(packet)), self._named)
        except pylibsrtp.Error:
            self._counters.malformed += 1
        return b""

    def _send_raw(self, packet: bytes, addr: Addr) -> None:
        try:
            self._raw.sendto(packet, addr)
        except OSError:
            self._counters.send_errors += 1


def _credentials() -> tuple[str, str]:
    """A fresh user fragment and password of ICE."""
    text = "".join(secrets.choice(ALPHABET) for _ in range(32))
    return text[:8], text[8:]


class MuxedRtcp:
    """RTCP on the port of the RTP: what came waits here until the reports are read."""

    LIMIT = 16

    def __init__(self, wire: SecureWire) -> None:
        self._wire = wire
        self._waiting: deque[tuple[bytes, Addr]] = deque(maxlen=self.LIMIT)

    def came(self, packet: bytes, named: Addr) -> None:
        """One opened packet."""
        if len(packet) <= MAX_RTCP:
            self._waiting.append((packet, named))

    def recvfrom(self, _size: int) -> tuple[bytes, Addr]:
        """See ``Datagrams``."""
        if not self._waiting:
            raise NOTHING
        return self._waiting.popleft()

    def sendto(self, packet: bytes, _addr: object) -> int:
        """See ``Datagrams``."""
        return self._wire.send_rtcp(packet)

    def connect(self, _addr: object) -> None:
        """Nothing to connect."""

    def close(self) -> None:
        """The socket is the wire's."""
