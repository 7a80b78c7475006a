"""The receiving half of a media port: reads the RTP socket, lets the right source in, orders audio, collects digits.

Not here: what is said (``port.py``), who a source may be (``lock.py``), order (``jitter.py``).
The socket is read in the tick, a bounded number of packets: a flood cannot wake the loop.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable

from eslapp.softswitch.media import rtp
from eslapp.softswitch.media.counters import Counters
from eslapp.softswitch.media.dtmf import DigitCap, DigitReceiver
from eslapp.softswitch.media.g711 import DECODERS
from eslapp.softswitch.media.jitter import JitterBuffer, Piece
from eslapp.softswitch.media.lock import Addr, SourceLock
from eslapp.softswitch.media.reports import Reception
from eslapp.softswitch.media.sdp import DIGIT_PAYLOAD_TYPE, Choice
from eslapp.softswitch.media.wiring import Datagrams

log = logging.getLogger(__name__)
COMFORT_NOISE = 13  # the payload type of RFC 3389
READS_PER_TICK = 16
FOREIGN_PER_TICK = 64
ODD_JUMP_MS = 1000  # a jump of the time stamp that is no jitter


class Ear:
    """``tick`` once per 20 ms; then ``piece`` and ``pcm`` are what was heard in it."""

    def __init__(self, rtp_socket: Datagrams, counters: Counters, on_digit: Callable[[str, int], None]) -> None:
        self.reception = Reception()  # what RTCP reports about
        self.piece: Piece | None = None  # (payload type, 160 bytes) of this tick
        self.codecs = {0: "PCMU", 8: "PCMA"}  # payload types we take, and what they are
        self._socket = rtp_socket
        self._counters = counters
        self._on_digit = on_digit
        self._lock = SourceLock()
        self._jitter = JitterBuffer()
        self._digit_types = {DIGIT_PAYLOAD_TYPE}
        self._receiver = DigitReceiver()
        self._cap = DigitCap()
        self._pcm: bytes | None = None
        self._ssrc = -1
        self._ticks = 0
        self._transit = 0.0
        self._is_walled = False
        self._units = 1  # of the time stamp, per 1/8000 s

    @property
    def locked(self) -> Addr | None:
        """The one address we listen to; None while nobody was let in."""
        return self._lock.locked

    def has_host(self, host: str) -> bool:
        """Whether a report from this host may be the call's."""
        return self._lock.has_host(host)

    @property
    def codec(self) -> str:
        """What ``piece`` is coded in."""
        return self.codecs[self.piece[0]] if self.piece is not None else ""

    @property
    def pcm(self) -> bytes | None:
        """``piece`` decoded, once per tick and only when somebody asks."""
        if self._pcm is None and self.piece is not None:
            self._pcm = DECODERS[self.codec](self.piece[1])
        return self._pcm

    def listen_on(self, wire: Datagrams) -> None:
        """From now on this is where packets come from."""
        self._socket = wire

    def unpack(self, payload_type: int, unpack: Callable[[int, bytes], bytes], units: int) -> None:
        """This type is no G.711 until ``unpack`` made it PCMU; its clock has ``units`` per 1/8000 s."""
        self.codecs[payload_type] = "PCMU"
        self._jitter.unpack = unpack
        self._units = units

    def expect(self, choice: Choice, named: Addr | None, signalled_host: str) -> None:
        """Take the payload types of an agreement and audio from ``named``, or from behind NAT of ``signalled_host``."""
        if choice.codec in DECODERS:
            self.codecs[choice.payload_type] = choice.codec
        if choice.digit_payload_type is not None:
            self._digit_types.add(choice.digit_payload_type)
        self._lock.expect(named, signalled_host)
        if self._is_walled and named is not None and self._lock.locked is None:
            self._socket.connect(named)

    def tick(self) -> None:
        """Read the socket, then take this tick's piece out of the jitter buffer."""
        self._ticks += 1
        self._read_socket()
        if self._receiver.is_pressed:
            for ended in self._receiver.tick():
                self._digit_ended(*ended)
        self.piece, self._pcm = self._jitter.get(), None
        self._counters.late, self._counters.lost = self._jitter.late, self._jitter.lost

    def _read_socket(self) -> None:
        receive, lock, own = self._socket.recvfrom, self._lock, 0
        for _ in range(READS_PER_TICK + FOREIGN_PER_TICK):
            try:
                packet, source = receive(rtp.MAX_PACKET + 1)
            except OSError:  # nothing there, or the far end's port is closed
                return
            if lock.locked is not None and source[:2] != lock.locked:
                self._counters.foreign += 1
                continue
            self._take(packet, source[:2])
            own += 1
            if own >= READS_PER_TICK:
                return
        self._wall_off()

    def _wall_off(self) -> None:
        """A flood of foreign packets: from now on the kernel keeps them away, uncounted, so that ours are not lost."""
        if self._lock.locked is not None and not self._is_walled:
            log.warning("rtp: strangers flood a call's port, only %s is let in", self._lock.locked)
            self._is_walled = True
            self._socket.connect(self._lock.locked)

    def _take(self, packet: bytes, source: Addr) -> None:
        fields = rtp.read(packet)
        counters = self._counters
        if fields is None:
            counters.malformed += 1
            return
        payload_type, marker, sequence, timestamp, ssrc, payload = fields
        if self._lock.locked is None and not self._lock.accepts(source, ssrc):
            counters.foreign += 1
            return
        if ssrc != self._ssrc:
            self._ssrc = ssrc
            self._jitter.reset()
        counters.packets_in += 1
        counters.bytes_in += len(packet)
        self.reception.take(ssrc, sequence)
        if payload_type in self.codecs:
            self._jitter.put(sequence, payload_type, payload)
            self._estimate_jitter(timestamp)
            return
        self._jitter.put(sequence, 0, b"")
        counters.noise_in += payload_type == COMFORT_NOISE
        if payload_type in self._digit_types:
            for ended in self._receiver.feed(timestamp, payload, marker, self._ticks):
                self._digit_ended(*ended)

    def _estimate_jitter(self, timestamp: int) -> None:
        transit = self._ticks * 160 - timestamp // self._units
        difference = abs(transit - self._transit) / 8  # in ms
        self._transit = transit
        if difference < ODD_JUMP_MS:
            self._counters.jitter_ms += (difference - self._counters.jitter_ms) / 16

    def has_room_for_digit(self) -> bool:
        """Count one digit, heard here or told by SIP; False where there were too many within a second."""
        if self._cap.take(time.monotonic()):
            self._counters.digits_in += 1
            return True
        self._counters.digits_dropped += 1
        return False

    def _digit_ended(self, digit: str, duration: int) -> None:
        if self.has_room_for_digit():
            self._on_digit(digit, duration)
