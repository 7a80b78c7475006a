"""One call's media: an RTP socket pair, what is heard on it and what is said into it, 20 ms at a time.

Owns: the sockets, playing, bridging, taps, digits out, what is sent each tick.
Not here: receiving (``ear.py``), RTCP (``reports.py``), the clock (``clock.py``), packet bytes (``rtp.py``),
files (``sources.py``).

Everything happens on the event loop's thread. Each tick has two halves: every port first takes what it heard,
then every port sends: its own digit, else its playing source, else what its bridged partner heard, else nothing.
"""

from __future__ import annotations

import logging
import socket
from collections.abc import Callable

from eslapp.softswitch.media import rtp
from eslapp.softswitch.media.clock import MediaClock
from eslapp.softswitch.media.counters import Counters
from eslapp.softswitch.media.dtmf import DigitSender
from eslapp.softswitch.media.ear import Ear
from eslapp.softswitch.media.g711 import DECODERS, ENCODERS, FRAME_BYTES, SILENCE
from eslapp.softswitch.media.reports import Reporter
from eslapp.softswitch.media.sdp import DIGIT_PAYLOAD_TYPE, Choice
from eslapp.softswitch.media.silence import SilenceWatch
from eslapp.softswitch.media.sources import Source, tone_frame
from eslapp.softswitch.media.wiring import Datagrams, Wire

log = logging.getLogger(__name__)

Tap = Callable[[bytes, bytes], None]  # (heard frame, sent frame), each 320 bytes, silence where there was none
Shaper = Callable[[bytes | None], bytes | None]  # one frame, None for none, as it was -> as it is to be
EndOfPlay = Callable[[str], None]  # "done" | "stopped" | "replaced" | "closed"
OnDigit = Callable[[str, int, str], bool]  # digit, duration in 1/8000 s, "RTP"; True: the partner does not get it
MakeWire = Callable[[socket.socket, Counters], Wire]
OPUS_UNITS = 6  # of its RTP clock, per 1/8000 s


class MediaPort:
    """See the module. Made by ``MediaEngine.open_port()``; a call's port exists from its first moment."""

    def __init__(
        self, host: str, rtp_socket: socket.socket, rtcp: socket.socket, clock: MediaClock, *, ssrc: int
    ) -> None:
        self.host = host
        self.rtp_port: int = rtp_socket.getsockname()[1]
        self.rtcp_port: int = rtcp.getsockname()[1]
        self.remote: tuple[str, int] | None = None  # where RTP goes; None until SDP (or a locked source) said so
        self.codec_name = "PCMU"  # what is sent
        self.payload_type = 0
        self.digit_payload_type: int | None = DIGIT_PAYLOAD_TYPE  # as the remote expects it; None: it takes none
        self.is_sending = False  # False while the remote holds us, or before anything is negotiated
        self.ssrc = ssrc
        self.counters = Counters()
        self.on_digit: OnDigit | None = None  # called once per digit, when it ENDS
        self.silence = SilenceWatch()
        self.bridged_to: MediaPort | None = None
        self.playing: Source | None = None
        self.is_closed = False
        self._raw, self._clock = rtp_socket, clock
        self._socket: Datagrams = rtp_socket
        self._rtcp: Datagrams = rtcp
        self._wire: Wire | None = None
        self._encode = ENCODERS["PCMU"]
        self._units = 1  # of the RTP clock, per 1/8000 s
        self._ear = Ear(rtp_socket, self.counters, self._digit_heard)
        self._reporter = Reporter(rtcp, self.counters, self._ear.reception, ssrc, self._ear.has_host)
        self._sender = DigitSender()
        self._on_end: EndOfPlay | None = None
        self._taps: tuple[Tap, ...] = ()
        self._read_shapers: tuple[Shaper, ...] = ()
        self._write_shapers: tuple[Shaper, ...] = ()
        self._shaped: bytes | None = None  # what was heard, shaped, in the tick ...
        self._shaped_at = -1
        self._sequence = ssrc & 0xFFFF
        self._time_base = (ssrc * 2654435761) & 0xFFFFFFFF
        self._digit_timestamp = 0
        self._last_sent_index = -1
        clock.add(self)

    # --- what the owner asks for ---

    def configure(self, choice: Choice, signalled_host: str) -> None:
        """Take what offer and answer agreed on; ``signalled_host`` is where the remote's SIP comes from."""
        self.codec_name, self.payload_type = choice.codec, choice.payload_type
        self.digit_payload_type = choice.digit_payload_type
        coder = self._wire.codec_for(choice) if self._wire is not None else None
        self._units = self._reporter.units = OPUS_UNITS if coder else 1
        if coder is not None:
            self._encode = coder[0]
            self._ear.unpack(choice.payload_type, coder[1], self._units)
        else:
            self._encode = ENCODERS[choice.codec]
        self._ear.expect(choice, choice.remote or self.remote, signalled_host)
        self._reporter.expect(choice.remote, choice.rtcp_port)
        self.remote = choice.remote or self.remote
        self.is_sending = choice.remote is not None and choice.direction in ("sendrecv", "recvonly")

    def take_wire(self, make: MakeWire) -> Wire:
        """A browser is at the other end: ``make(socket, counters)`` stands between us and our socket from now on."""
        if self._wire is None:
            self._wire = make(self._raw, self.counters)
            self._rtcp.close()
            self._socket, self._rtcp = self._wire, self._wire.rtcp
            self._ear.listen_on(self._wire)
            self._reporter.socket = self._wire.rtcp
        return self._wire

    def play(self, source: Source, on_end: EndOfPlay | None = None) -> Source | None:
        """Play from the next tick on; returns the source this one replaces (NOT closed: play it again later).

        ``on_end("done")`` when ``read()`` gave None; "replaced" by another ``play``; "stopped"; "closed": the port.
        A source that raises ends as "done" and is logged.
        """
        replaced = self._end_play("replaced")
        if self.is_closed:
            source.close()
            if on_end is not None:
                on_end("closed")
            return replaced
        self.playing, self._on_end = source, on_end
        return replaced

    def stop(self) -> Source | None:
        """Stop the playing source (its ``on_end`` gets "stopped"); returns it, not closed. None: nothing played."""
        return self._end_play("stopped")

    def bridge(self, other: MediaPort | None) -> None:
        """Send what ``other`` hears, and let it send what this port hears; digits heard are relayed as digits.

        Symmetric: one call joins both. None parts the pair. A bridged port still plays a source over its partner.
        """
        for port in (self, other):
            if port is not None and port.bridged_to is not None:
                port.bridged_to.bridged_to = None
                port.bridged_to = None
        if other is not None and other is not self:
            self.bridged_to, other.bridged_to = other, self

    def add_tap(self, tap: Tap) -> None:
        """Call ``tap(heard, sent)`` every 20 ms from now on, also when nothing is heard or sent."""
        self._taps += (tap,)

    def remove_tap(self, tap: Tap) -> None:
        """Stop it; unknown taps are ignored."""
        self._taps = tuple(each for each in self._taps if each is not tap)

    def add_shapers(self, on_read: Shaper | None, on_write: Shaper | None) -> None:
        """Change what others get of what is heard here, and what is sent here, once each every 20 ms."""
        self._read_shapers += (on_read,) if on_read is not None else ()
        self._write_shapers += (on_write,) if on_write is not None else ()

    def remove_shapers(self, on_read: Shaper | None, on_write: Shaper | None) -> None:
        """Leave it as it is; unknown shapers are ignored."""
        self._read_shapers = tuple(each for each in self._read_shapers if each is not on_read)
        self._write_shapers = tuple(each for each in self._write_shapers if each is not on_write)

    def send_digit(self, digit: str, duration_ms: int = 100) -> None:
        """Queue one of ``0-9 * # A-D`` as RFC 4733, as in-band tone where the remote takes none. ValueError else."""
        self._sender.push(digit, duration_ms)

    @property
    def is_sending_digits(self) -> bool:
        """Digits are still going out."""
        return self._sender.is_busy

    @property
    def heard(self) -> bytes | None:
        """PCM16 of this tick (320 bytes), None when nothing was heard: for mixers and sources that follow a port."""
        if not self._read_shapers:
            return self._ear.pcm
        if self._shaped_at != self._clock.index:
            self._shaped_at = self._clock.index
            self._shaped = _shape(self._read_shapers, self._ear.pcm)
        return self._shaped

    def has_room_for_digit(self) -> bool:
        """For digits that come by SIP INFO: whether one more may be taken within this second."""
        return self._ear.has_room_for_digit()

    def close(self) -> None:
        """Give the sockets back; the source ends with "closed"; a bridged partner is parted. Safe to call twice."""
        if self.is_closed:
            return
        self.is_closed = True
        self._clock.remove(self)
        self.bridge(None)
        source = self._end_play("closed")
        if source is not None:
            source.close()
        self._taps = self._read_shapers = self._write_shapers = ()
        self._socket.close()
        self._rtcp.close()

    def _end_play(self, why: str) -> Source | None:
        source, on_end = self.playing, self._on_end
        self.playing = self._on_end = None
        if source is not None and on_end is not None:
            try:
                on_end(why)
            except Exception:
                log.exception("on_end of a playback")
        return source

    # --- the first half of a tick ---

    def tick_receive(self) -> None:
        """Hear; and answer where it comes from (symmetric RTP)."""
        if self._wire is not None:
            self._wire.tick()
            if self.is_closed:  # it lost the far end, and the owner hung up
                return
        self._ear.tick()
        self.remote = self._ear.locked or self.remote
        self.silence.tick(self.counters.packets_in)

    def _digit_heard(self, digit: str, duration: int) -> None:
        is_taken = False
        if self.on_digit is not None:
            try:
                is_taken = self.on_digit(digit, duration, "RTP")
            except Exception:
                log.exception("on_digit")
        if self.bridged_to is not None and not is_taken:
            self.bridged_to.send_digit(digit, max(duration // 8, 40))

    # --- the second half ---

    def tick_send(self, index: int) -> None:
        """Send one packet or none, then show both directions to the taps."""
        pcm = self._read_source() if self.playing is not None else None
        payload: bytes | None = None
        is_dialing = self._sender.is_busy
        if is_dialing:
            pcm, payload = self._send_digit_tick(index, pcm)
        elif pcm is None and self.bridged_to is not None:
            pcm, payload = self._from_partner(self.bridged_to)
        if (self._write_shapers or self._read_shapers) and not is_dialing:
            pcm, payload = self._reshape(pcm, payload)
        if self.is_sending and (payload is not None or pcm is not None):
            if payload is None and pcm is not None:
                payload = self._encode(pcm)
            if payload:
                is_first = index != self._last_sent_index + 1
                self._emit(payload, self.payload_type, is_first, self._timestamp(index))
                self._last_sent_index = index
        if self._taps:
            self._show(pcm, payload)
        self._reporter.tick(self.remote, self._timestamp(index))

    def _timestamp(self, index: int) -> int:
        return self._time_base + 160 * self._units * index

    def _read_source(self) -> bytes | None:
        """The next frame (None: empty); where a source ends, its ``on_end`` may play the next one in the same tick."""
        for _ in range(8):
            source = self.playing
            if source is None:
                return None
            try:
                frame = source.read()
            except Exception:
                log.exception("a source failed")
                frame = None
            if frame == b"":
                return None
            if frame is not None:
                return frame if len(frame) == FRAME_BYTES else frame[:FRAME_BYTES].ljust(FRAME_BYTES, b"\0")
            self._end_play("done")
            source.close()
        return None

    def _from_partner(self, partner: MediaPort) -> tuple[bytes | None, bytes | None]:
        ear = partner._ear
        if partner._read_shapers:
            return partner.heard, None
        if ear.piece is None:
            return None, None
        if ear.codec == self.codec_name:
            return (ear.pcm if self._taps else None), ear.piece[1]
        return ear.pcm, None

    def _reshape(self, pcm: bytes | None, payload: bytes | None) -> tuple[bytes | None, bytes | None]:
        """Every shaper sees every tick, whether anybody asks or not."""
        _ = self.heard
        if not self._write_shapers:
            return pcm, payload
        if pcm is None and payload:
            pcm = DECODERS[self.codec_name](payload)
        return _shape(self._write_shapers, pcm), None

    def _send_digit_tick(self, index: int, pcm: bytes | None) -> tuple[bytes | None, bytes | None]:
        """One packet of the digit being sent; what else there was to say in this tick is not said."""
        step = self._sender.next()
        if step is None:
            return None, None
        digit, payload, is_first = step
        if self.digit_payload_type is None:
            return tone_frame(digit, index), None
        if is_first:
            self._digit_timestamp = self._timestamp(index)
        if self.is_sending:
            self._emit(payload, self.digit_payload_type, is_first, self._digit_timestamp)
        return None, None

    def _emit(self, payload: bytes, payload_type: int, marker: bool, timestamp: int) -> None:
        remote = self.remote
        if remote is None:
            return
        self._sequence += 1
        packet = rtp.write_header(payload_type, marker, self._sequence, timestamp, self.ssrc) + payload
        try:
            self._socket.sendto(packet, remote)
        except OSError:
            self.counters.send_errors += 1
            return
        counters = self.counters
        counters.packets_out += 1
        counters.bytes_out += len(packet)
        if payload_type == self.digit_payload_type:
            counters.digit_packets_out += 1
            counters.digit_bytes_out += len(packet)

    def _show(self, pcm: bytes | None, payload: bytes | None) -> None:
        if pcm is None:
            pcm = DECODERS[self.codec_name](payload) if payload else SILENCE
        if not self.is_sending:
            pcm = SILENCE
        heard = self.heard or SILENCE
        for tap in self._taps:
            try:
                tap(heard, pcm)
            except Exception:
                log.exception("a tap failed, removing it")
                self.remove_tap(tap)


def _shape(shapers: tuple[Shaper, ...], pcm: bytes | None) -> bytes | None:
    for shaper in shapers:
        try:
            pcm = shaper(pcm)
        except Exception:
            log.exception("a shaper failed")
    return pcm
